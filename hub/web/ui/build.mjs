// Bundle the pages into the folder that is named: hashed names, an index that names them, nothing from elsewhere.
import { build } from "esbuild";
import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";

const out = process.argv[2] ?? "../static";
mkdirSync(out, { recursive: true });

const result = await build({
  entryPoints: { app: "src/main.tsx", style: "src/style/index.css" },
  outdir: out,
  entryNames: "assets/[name]-[hash]",
  chunkNames: "assets/[name]-[hash]",
  assetNames: "assets/[name]-[hash]",
  bundle: true,
  minify: true,
  splitting: true,
  format: "esm",
  target: ["es2022", "safari16"],
  jsx: "automatic",
  jsxImportSource: "preact",
  legalComments: "none",
  charset: "utf8",
  metafile: true,
  logLevel: "warning",
});

const outputs = Object.entries(result.metafile.outputs);
const named = (entry) => `/assets/${basename(outputs.find(([, o]) => o.entryPoint === entry)[0])}`;

// What the first page loads at once: the entry, what it imports, and the style.
const closure = new Set();
const visit = (path) => {
  if (closure.has(path)) return;
  closure.add(path);
  for (const { path: next, kind } of result.metafile.outputs[path].imports)
    if (kind === "import-statement") visit(next);
};
visit(outputs.find(([, o]) => o.entryPoint === "src/main.tsx")[0]);
const first = [...closure].map((path) => `/assets/${basename(path)}`);

const html = readFileSync("src/index.html", "utf8")
  .replace("%STYLE%", named("src/style/index.css"))
  .replace("%SCRIPT%", named("src/main.tsx"))
  .replace(
    "%PRELOAD%",
    first.filter((path) => path !== named("src/main.tsx"))
      .map((path) => `<link rel="modulepreload" href="${path}">`)
      .join("\n    "),
  );
writeFileSync(join(out, "index.html"), html);
writeFileSync(join(out, "first.json"), JSON.stringify([...first, named("src/style/index.css")], null, 2));
cpSync("public", out, { recursive: true });
