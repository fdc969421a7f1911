// Log in, or make the first admin with the one-time link of the console.
import { useSignal } from "@preact/signals";
import { ApiError } from "../api";
import { Button, Input, Notice } from "../components/basics";
import { LANGUAGES, language, t, useLanguage, type Language } from "../i18n";
import { navigate, place } from "../router";
import { logIn, setUp } from "../session";
import { useTitle } from "../use";

export default function LogInPage() {
  const token = place.value.query.get("token") ?? (place.value.path.startsWith("/setup") ? place.value.hash : "");
  return (
    <main class="login">
      <div class="card login-card">
        <div class="login-brand"><img src="/icon.svg" alt="" /><span>Hearth</span></div>
        {place.value.path.startsWith("/setup") ? <FirstAdmin token={token} /> : <LogIn />}
        <div class="login-languages">
          {(Object.keys(LANGUAGES) as Language[]).map((one) => (
            <button type="button" class="button quiet small" key={one} aria-pressed={language.value === one} lang={one}
              onClick={() => { localStorage.setItem("language", one); void useLanguage(one); }}>{LANGUAGES[one]}</button>
          ))}
        </div>
      </div>
    </main>
  );
}

function LogIn() {
  useTitle(t("login.title"));
  const name = useSignal("");
  const password = useSignal("");
  const code = useSignal("");
  const asksCode = useSignal(false);
  const error = useSignal<ApiError | null>(null);
  const busy = useSignal(false);
  const send = async (event: Event) => {
    event.preventDefault();
    busy.value = true;
    error.value = null;
    try {
      await logIn(name.value, password.value, code.value);
      if (place.value.path.startsWith("/setup")) navigate("/", { replace: true });
    } catch (problem) {
      const refused = problem as ApiError;
      if (refused.body?.code_needed && !asksCode.value) asksCode.value = true;
      else error.value = refused;
    }
    busy.value = false;
  };
  return (
    <form class="form" onSubmit={send}>
      <h1>{t("login.title")}</h1>
      {error.value && <Notice kind="bad" title={error.value.problem}>{error.value.remedy}</Notice>}
      <Input label={t("login.name")} value={name.value} autocomplete="username" autocapitalize="none" required autofocus onValue={(text) => { name.value = text; }} />
      <Input label={t("login.password")} type="password" value={password.value} autocomplete="current-password" required onValue={(text) => { password.value = text; }} />
      {asksCode.value && <Input label={t("login.code")} hint={t("login.code.hint")} autocomplete="one-time-code" value={code.value} onValue={(text) => { code.value = text; }} />}
      <Button type="submit" kind="primary" busy={busy.value}>{t("login.submit")}</Button>
      <p class="small muted">{t("login.first")}</p>
    </form>
  );
}

function FirstAdmin({ token }: { token: string }) {
  useTitle(t("setup.title"));
  const typed = useSignal(token);
  const name = useSignal("");
  const password = useSignal("");
  const repeated = useSignal("");
  const error = useSignal<ApiError | null>(null);
  const busy = useSignal(false);
  const send = async (event: Event) => {
    event.preventDefault();
    if (password.value !== repeated.value) {
      error.value = new ApiError(0, t("setup.differ"), t("setup.differ.remedy"));
      return;
    }
    busy.value = true;
    error.value = null;
    try {
      await setUp(typed.value, name.value, password.value);
      navigate("/", { replace: true });
    } catch (problem) {
      error.value = problem as ApiError;
    }
    busy.value = false;
  };
  return (
    <form class="form" onSubmit={send}>
      <h1>{t("setup.title")}</h1>
      <p class="muted">{t("setup.text")}</p>
      {error.value && <Notice kind="bad" title={error.value.problem}>{error.value.remedy}</Notice>}
      {!token && <Input label={t("setup.token")} hint={t("setup.token.hint")} value={typed.value} autocomplete="off" required onValue={(text) => { typed.value = text; }} />}
      <Input label={t("login.name")} value={name.value} autocomplete="username" autocapitalize="none" required onValue={(text) => { name.value = text; }} />
      <Input label={t("login.password")} type="password" value={password.value} autocomplete="new-password" required minLength={10} hint={t("setup.password.hint")} onValue={(text) => { password.value = text; }} />
      <Input label={t("setup.again")} type="password" value={repeated.value} autocomplete="new-password" required onValue={(text) => { repeated.value = text; }} />
      <Button type="submit" kind="primary" busy={busy.value}>{t("setup.submit")}</Button>
    </form>
  );
}
