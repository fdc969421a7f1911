// A list of any length: only the rows in sight are in the document.
import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";

export interface VirtualProps<T> {
  items: readonly T[];
  rowHeight: number;
  keyOf: (item: T) => string;
  label: string;
  height?: string;
  children: (item: T) => ComponentChildren;
  /** Told which items are in sight. */
  onShown?: (items: readonly T[]) => void;
}

const AROUND = 6;

export function Virtual<T>({ items, rowHeight, keyOf, label, height = "min(70vh, 900px)", children, onShown }: VirtualProps<T>) {
  const box = useRef<HTMLDivElement>(null);
  const top = useSignal(0);
  const room = useSignal(600);
  useLayoutEffect(() => {
    const element = box.current!;
    room.value = element.clientHeight;
    const observer = new ResizeObserver(() => { room.value = element.clientHeight; });
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  const from = Math.max(0, Math.floor(top.value / rowHeight) - AROUND);
  const to = Math.min(items.length, Math.ceil((top.value + room.value) / rowHeight) + AROUND);
  const shown = items.slice(from, to);
  const key = shown.map(keyOf).join();
  useEffect(() => onShown?.(shown), [key]);
  return (
    <div class="scroller" ref={box} style={{ height }} role="list" aria-label={label} tabIndex={0}
      onScroll={(event) => {
        const at = event.currentTarget.scrollTop;
        // Whole rows only: the rest of the way the browser moves what is there.
        if (Math.floor(at / rowHeight) !== Math.floor(top.peek() / rowHeight)) top.value = at;
      }}>
      <div class="spacer" style={{ height: `${items.length * rowHeight}px` }}>
        {shown.map((item, i) => (
          <div class="slot" role="listitem" aria-setsize={items.length} aria-posinset={from + i + 1} key={keyOf(item)}
            style={{ top: `${(from + i) * rowHeight}px`, height: `${rowHeight}px` }}>{children(item)}</div>
        ))}
      </div>
    </div>
  );
}
