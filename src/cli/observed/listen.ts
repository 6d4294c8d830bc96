import type { DirectPush } from "../../direct-push.js";
import type { DirectPushEventMap } from "../../events.js";

/** Listens to some events of a server. Returns how to stop. */
export function listen(events: DirectPush["events"], listeners: Partial<DirectPushEventMap>): () => void {
  // Each name comes with its own listener; the emitter's type cannot follow that through a list.
  const each = Object.entries(listeners) as [keyof DirectPushEventMap, () => void][];
  for (const [name, listener] of each) events.on(name, listener);
  return () => {
    for (const [name, listener] of each) events.off(name, listener);
  };
}
