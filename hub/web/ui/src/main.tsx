import { render } from "preact";
import { App } from "./app";
import { preferredLanguage, useLanguage } from "./i18n";
import { loadSession } from "./session";

// Only where the hub is reached safely: browsers have no service workers elsewhere.
if ("serviceWorker" in navigator) void navigator.serviceWorker.register("/sw.js").catch(() => undefined);
void loadSession();
void useLanguage(preferredLanguage()).then(() => render(<App />, document.getElementById("app")!));
