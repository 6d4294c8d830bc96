import { hostname } from "node:os";
import type { ServeSettings } from "../settings.js";

/**
 * The name of a process among all of its server. Where machines are one server it has the machine and the port.
 *
 * @param worker its number among the workers of its machine; undefined where it is alone.
 */
export function nodeName(
  { state }: Pick<ServeSettings, "state">,
  port: number,
  worker: number | undefined,
): string {
  const name = worker === undefined ? undefined : `worker ${worker}`;
  if (state.kind !== "redis") return name ?? "server";
  return [`${hostname()}:${port}`, name].filter((part) => part !== undefined).join(" ");
}
