import { render } from "preact";
import { App } from "./app";
import { preferredLanguage, useLanguage } from "./i18n";
import { loadSession } from "./session";

void loadSession();
void useLanguage(preferredLanguage()).then(() => render(<App />, document.getElementById("app")!));
