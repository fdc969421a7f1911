// The frame around every page: menu, connection, notifications, and the page itself.
import { computed, signal, useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { Dialog, Empty, Failure, Loading } from "./components/basics";
import { EntityDetail } from "./components/detail";
import { Lazy } from "./components/lazy";
import { followHouse } from "./house";
import { t } from "./i18n";
import { Icon } from "./icons";
import { connection } from "./live";
import { followNotifications, unread } from "./notices";
import { PAGES, type Page } from "./pages";
import { match, place, type Params } from "./router";
import { loadSession, logOut, mayAs, session, unreachable } from "./session";
import { Toasts } from "./toast";
import { useFetch } from "./use";

const found = computed<[Page, Params] | null>(() => {
  for (const page of PAGES) {
    const params = match(page.pattern, place.value.path);
    if (params) return [page, params];
  }
  return null;
});

const menuOpen = signal(false);
const allowed = (page: Page): boolean => !page.role || mayAs(page.role);

function current(page: Page): "page" | undefined {
  const path = place.value.path;
  const here = page.pattern === "/" ? path === "/" || path.startsWith("/dashboards") : path === page.pattern || path.startsWith(`${page.pattern}/`);
  return here ? "page" : undefined;
}

interface PluginPage { name: string; title: string; address: string }

/** The pages of plugins: documents of their own, so the browser goes there itself. */
function PluginPages() {
  const pages = useFetch<PluginPage[]>("/api/pages");
  return <>{(pages.data.value ?? []).map((page) => <a class="nav-link" href={page.address} target="_self" key={page.name}><Icon name="plugin" />{page.title}</a>)}</>;
}

function Menu() {
  const groups = [["house", null], ["devices", t("nav.group.devices")], ["hub", t("nav.group.hub")]] as const;
  return (
    <div class="side">
      <a class="brand" href="/"><img src="/icon.svg" alt="" />{session.value?.house.name || "Hearth"}</a>
      <nav aria-label={t("nav.menu")}>
        {groups.map(([group, title]) => (
          <>
            {title && PAGES.some((page) => page.group === group && allowed(page)) && <div class="group" key={group}>{title}</div>}
            {PAGES.filter((page) => page.group === group && allowed(page)).map((page) => (
              <a class="nav-link" href={page.pattern} key={page.pattern} aria-current={current(page)} onClick={() => { menuOpen.value = false; }}>
                <Icon name={page.icon!} />
                {t(page.text!)}
                {page.pattern === "/notifications" && unread.value > 0 && <span class="count">{unread.value}</span>}
              </a>
            ))}
            {group === "hub" && <PluginPages />}
          </>
        ))}
      </nav>
      <div class="foot">
        <Status />
        <a class="nav-link" href="/settings#me" onClick={() => { menuOpen.value = false; }}><Icon name="user" />{session.value?.user.name}</a>
        <button type="button" class="nav-link button quiet" onClick={() => void logOut()}><Icon name="logout" />{t("nav.logout")}</button>
      </div>
    </div>
  );
}

function Status() {
  const now = connection.value;
  const tone = now === "open" ? "good" : now === "lost" ? "bad" : "warn";
  return <div class="connection" role="status"><span class={`dot ${tone}`} />{t(`connection.${now}`)}</div>;
}

function PhoneTabs() {
  const pages = PAGES.filter((page) => page.tab && allowed(page)).slice(0, 4);
  return (
    <div class="tabs">
      {pages.map((page) => (
        <a href={page.pattern} key={page.pattern} aria-current={current(page)}><Icon name={page.icon!} size={22} />{t(page.text!)}</a>
      ))}
      <button type="button" aria-haspopup="dialog" onClick={() => { menuOpen.value = true; }}>
        {unread.value > 0 && <span class="badge-dot" />}<Icon name="menu" size={22} />{t("nav.more")}
      </button>
    </div>
  );
}

function Content() {
  const main = useRef<HTMLElement>(null);
  const first = useRef(true);
  const path = place.value.path;
  useEffect(() => {
    // Who uses a screen reader or the keyboard goes on at the new page.
    if (!first.current) main.current?.focus({ preventScroll: true });
    first.current = false;
  }, [path]);
  const here = found.value;
  return (
    <main id="content" class="content" ref={main} tabIndex={-1}>
      {!here ? <Empty icon="map" title={t("page.missing")} actions={<a class="button" href="/">{t("page.home")}</a>}><p>{t("page.missing.text")}</p></Empty>
        : !allowed(here[0]) ? <Empty icon="lock" title={t("page.forbidden")} actions={<a class="button" href="/">{t("page.home")}</a>}><p>{t("page.forbidden.text")}</p></Empty>
        : <Lazy key={path} load={here[0].load} {...here[1]} />}
    </main>
  );
}

function LostBanner() {
  const shown = useSignal(false);
  const lost = connection.value === "lost";
  useEffect(() => {
    if (!lost) { shown.value = false; return undefined; }
    const timer = setTimeout(() => { shown.value = true; }, 1500);
    return () => clearTimeout(timer);
  }, [lost]);
  return shown.value ? <div class="offline" role="alert"><Icon name="warning" size={18} />{t("connection.banner")}</div> : null;
}

function Shell() {
  useEffect(() => { followHouse(); followNotifications(); }, []);
  return (
    <>
      <a class="skip" href="#content" onClick={(event) => { event.preventDefault(); document.getElementById("content")?.focus(); }}>{t("nav.skip")}</a>
      <LostBanner />
      <div class="shell">
        <Menu />
        <Content />
        <PhoneTabs />
      </div>
      {menuOpen.value && <Dialog title={t("nav.menu")} onClose={() => { menuOpen.value = false; }}><div class="menu-sheet"><Menu /></div></Dialog>}
      <EntityDetail />
      <Toasts />
    </>
  );
}

export function App() {
  if (unreachable.value && session.value === undefined)
    return <main class="content"><Failure error={unreachable.value} again={() => void loadSession()} /></main>;
  if (session.value === undefined) return <main class="content"><Loading /></main>;
  if (session.value === null) return <><Lazy load={() => import("./pages/login")} /><Toasts /></>;
  return <Shell />;
}

