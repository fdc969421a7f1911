// Lets the search work where the manual is opened as files: browsers start no Worker from `file:`, so that it
// runs in a hidden frame instead.
if (location.protocol === "file:") {
  window.Worker = class extends EventTarget {
    constructor(address) {
      super();
      this.frame = document.createElement("iframe");
      this.frame.hidden = true;
      document.body.append(this.frame);
      this.inside = this.frame.contentWindow;
      this.inside.postMessage = (data) => setTimeout(() => this.tell(structuredClone(data)));
      this.inside.importScripts = (...wanted) => wanted.reduce(
        (before, each) => before.then(() => this.load(each)), Promise.resolve());
      this.ready = this.load(address);
    }
    load(address) {
      return new Promise((loaded, failed) => {
        const script = this.inside.document.createElement("script");
        script.onload = loaded;
        script.onerror = failed;
        script.src = address;
        this.inside.document.body.append(script);
      });
    }
    tell(data) {
      const heard = new MessageEvent("message", { data });
      this.dispatchEvent(heard);
      if (this.onmessage) this.onmessage(heard);
    }
    postMessage(data) { // a Worker gets a copy, too
      const copy = structuredClone(data);
      this.ready.then(() => this.inside.dispatchEvent(new MessageEvent("message", { data: copy })));
    }
    terminate() {
      this.frame.remove();
    }
  };
}
