// Draws what is near the window, and keeps the room of the rest.
import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";

export function Visible({ height, children }: { height: number; children: () => ComponentChildren }) {
  const box = useRef<HTMLDivElement>(null);
  const near = useSignal(false);
  const size = useRef(height);
  useEffect(() => {
    const observer = new IntersectionObserver(([entry]) => {
      if (!entry) return;
      if (!entry.isIntersecting && near.peek()) size.current = box.current?.offsetHeight || size.current;
      near.value = entry.isIntersecting;
    }, { rootMargin: "600px 0px" });
    observer.observe(box.current!);
    return () => observer.disconnect();
  }, []);
  return <div ref={box} style={near.value ? undefined : { height: `${size.current}px` }}>{near.value ? children() : null}</div>;
}
