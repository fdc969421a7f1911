import { render } from "preact";

render(<main>Hearth</main>, document.getElementById("app")!);
