// The browser brings its log-in along: what it may see was decided by the hub.
const answer = await fetch("/api/plugin/meters/readings");
const rows = (await answer.json()).map(({ name, state }) => {
  const row = document.createElement("tr");
  row.append(...[name, state].map((text) => Object.assign(document.createElement("td"), { textContent: text })));
  return row;
});
document.getElementById("meters").replaceChildren(...rows);
