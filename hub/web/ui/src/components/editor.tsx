// The YAML editor: completion from the schema, errors at their lines. Fetched when it is first needed.
import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap, type Completion, type CompletionContext, type CompletionResult } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { yaml } from "@codemirror/lang-yaml";
import { bracketMatching, HighlightStyle, indentUnit, syntaxHighlighting } from "@codemirror/language";
import { lintGutter, setDiagnostics, type Diagnostic } from "@codemirror/lint";
import { highlightSelectionMatches, search, searchKeymap } from "@codemirror/search";
import { Annotation, EditorState } from "@codemirror/state";
import { drawSelection, EditorView, highlightActiveLine, highlightActiveLineGutter, keymap, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { useEffect, useRef } from "preact/hooks";
import type { Problem } from "../api";
import { nameOf } from "../entity";
import { entityIds, stateOf } from "../live";
import { keysAt, loadSchema, valuesAt, type Schema } from "../schema";
import { placeAt } from "../yaml_place";

export interface EditorProps {
  value: string;
  /** Moved when `value` was changed by others than the editor; else what is typed is not touched. */
  turn?: number;
  onChange: (text: string) => void;
  problems?: Problem[];
  label: string;
  /** What the text is a piece of: `#/definitions/…` or a path of the whole. */
  piece?: (root: Schema) => Schema;
  services?: string[];
  readOnly?: boolean;
  height?: string;
}

const fromOutside = Annotation.define<boolean>();

const colours = HighlightStyle.define([
  { tag: [tags.propertyName, tags.definition(tags.propertyName)], color: "var(--accent-text)" },
  { tag: [tags.string, tags.special(tags.string)], color: "var(--good)" },
  { tag: [tags.number, tags.bool, tags.null, tags.atom], color: "var(--info)" },
  { tag: [tags.comment, tags.lineComment], color: "var(--muted)", fontStyle: "italic" },
  { tag: [tags.typeName, tags.tagName, tags.labelName], color: "var(--series-4)" },
  { tag: [tags.separator, tags.punctuation, tags.squareBracket, tags.brace], color: "var(--muted)" },
]);

const look = EditorView.theme({
  "&": { color: "var(--text)", backgroundColor: "var(--surface)", fontSize: "13.5px", height: "100%" },
  "&.cm-focused": { outline: "2px solid var(--accent)", outlineOffset: "-2px" },
  ".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "1.6" },
  ".cm-content": { caretColor: "var(--text)", padding: "10px 0" },
  ".cm-cursor": { borderLeftColor: "var(--text)" },
  ".cm-gutters": { backgroundColor: "var(--surface)", color: "var(--muted)", border: "0" },
  ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "var(--hover)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": { backgroundColor: "color-mix(in srgb, var(--accent) 26%, transparent)" },
  ".cm-tooltip": { backgroundColor: "var(--raised)", color: "var(--text)", border: "1px solid var(--line)", borderRadius: "9px", overflow: "hidden" },
  ".cm-tooltip-autocomplete > ul": { fontFamily: "var(--mono)", maxHeight: "16em" },
  ".cm-tooltip-autocomplete > ul > li": { padding: "4px 10px !important" },
  ".cm-tooltip-autocomplete > ul > li[aria-selected]": { backgroundColor: "var(--accent-soft)", color: "var(--text)" },
  ".cm-completionInfo": { maxWidth: "320px", padding: "8px 12px" },
  ".cm-completionDetail": { color: "var(--muted)", fontStyle: "normal" },
  ".cm-panels": { backgroundColor: "var(--sunken)", color: "var(--text)" },
  ".cm-panels input, .cm-panels button": { font: "inherit", color: "inherit" },
  ".cm-diagnostic": { padding: "6px 12px" },
});

export default function Editor({ value, turn = 0, onChange, problems = [], label, piece, services = [], readOnly = false, height = "560px" }: EditorProps) {
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | null>(null);
  const change = useRef(onChange);
  change.current = onChange;
  const known = useRef<{ root: Schema | null; services: string[] }>({ root: null, services });
  known.current.services = services;

  useEffect(() => {
    if (!readOnly) loadSchema().then((root) => { known.current.root = root; }, () => undefined);
    // In a shadow root its styles are sheets of that root: the pages allow no others.
    const root = host.current!.shadowRoot ?? host.current!.attachShadow({ mode: "open" });
    root.textContent = "";
    const made = new EditorView({
      root,
      parent: root,
      state: EditorState.create({
        doc: value,
        extensions: [
          lineNumbers(), highlightActiveLineGutter(), highlightActiveLine(), history(), drawSelection(), bracketMatching(), closeBrackets(),
          lintGutter(), search({ top: true }), highlightSelectionMatches(), indentUnit.of("  "), yaml(), syntaxHighlighting(colours), look,
          autocompletion({ override: [(context) => offer(context, known.current.root, piece, known.current.services)], icons: false }),
          keymap.of([...closeBracketsKeymap, ...defaultKeymap, ...searchKeymap, ...historyKeymap, ...completionKeymap, indentWithTab]),
          EditorView.lineWrapping, EditorState.readOnly.of(readOnly), EditorView.contentAttributes.of({ "aria-label": label }),
          EditorView.updateListener.of((update) => {
            if (update.docChanged && !update.transactions.some((one) => one.annotation(fromOutside))) change.current(update.state.doc.toString());
          }),
        ],
      }),
    });
    made.scrollDOM.tabIndex = 0; // long files scroll by the keyboard, too
    view.current = made;
    return () => { made.destroy(); view.current = null; };
  }, [readOnly]);

  useEffect(() => {
    const made = view.current;
    if (!made || made.state.doc.toString() === value) return;
    made.dispatch({ changes: smallest(made.state.doc.toString(), value), annotations: fromOutside.of(true) });
  }, [turn]);

  const told = JSON.stringify(problems);
  useEffect(() => {
    const made = view.current;
    if (made) made.dispatch(setDiagnostics(made.state, problems.map((one) => diagnostic(made.state, one))));
  }, [told, value]);

  return <div class="editor" ref={host} style={{ height }} />;
}

/** The least change between two texts, so that the cursor and undo stay as they are. */
function smallest(old: string, text: string): { from: number; to: number; insert: string } {
  let from = 0;
  while (from < old.length && from < text.length && old[from] === text[from]) from++;
  let end = 0;
  while (end < old.length - from && end < text.length - from && old.at(-1 - end) === text.at(-1 - end)) end++;
  return { from, to: old.length - end, insert: text.slice(from, text.length - end) };
}

function diagnostic(state: EditorState, problem: Problem): Diagnostic {
  const line = state.doc.line(Math.min(Math.max(1, problem.line ?? 1), state.doc.lines));
  const from = Math.min(line.to, line.from + Math.max(0, (problem.column ?? 1) - 1));
  return {
    from, to: Math.max(from, line.to), severity: problem.error === false ? "warning" : "error",
    message: [problem.message, problem.remedy].filter(Boolean).join(" "),
  };
}

const KEYS_OF_ENTITIES = new Set(["entity_id", "entities", "entity"]);
const KEYS_OF_SERVICES = new Set(["action", "service"]);

function offer(context: CompletionContext, root: Schema | null, piece: EditorProps["piece"], services: string[]): CompletionResult | null {
  const text = context.state.doc.toString();
  const place = placeAt(text, context.pos);
  const from = context.pos - place.typed.length;
  if (!context.explicit && !place.typed && place.key === null && !/^\s*(- )?$/.test(context.state.doc.lineAt(context.pos).text.slice(0, context.pos - context.state.doc.lineAt(context.pos).from))) return null;
  const list = place.key === null && typeof place.path.at(-1) === "number" ? String(place.path.at(-2)) : place.key;
  if (list !== null && KEYS_OF_ENTITIES.has(list)) return { from, options: entities(), validFor: /^[\w.]*$/ };
  if (place.key !== null && KEYS_OF_SERVICES.has(place.key)) return { from, options: services.map((label) => ({ label })), validFor: /^[\w.]*$/ };
  if (!root) return null;
  const start = piece ? piece(root) : root;
  if (place.key !== null) {
    const values = valuesAt(root, start, place.path, place.key, place.siblings);
    return values.length ? { from, options: values.map((label) => ({ label })), validFor: /^[\w. ]*$/ } : null;
  }
  const keys = keysAt(root, start, place.path, place.siblings);
  if (!keys.length) return null;
  return { from, validFor: /^\w*$/, options: keys.map((one): Completion => ({ label: one.key, apply: `${one.key}: `, detail: one.required ? "*" : "", info: one.description || undefined, boost: one.required ? 10 : 0 })) };
}

function entities(): Completion[] {
  return entityIds.peek().map((label) => ({ label, detail: nameOf(stateOf(label).peek(), label) }));
}
