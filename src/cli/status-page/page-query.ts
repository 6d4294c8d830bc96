import type { DeviceOrder, DevicePlace, DeviceQuery } from "../observed/device-query.js";

/** How many devices a page lists. */
const PAGE_LENGTH = 50;
/** The filter is cut to so many characters. */
const TEXT_LENGTH = 100;

const orders: readonly DeviceOrder[] = ["name", "held", "heartbeat", "seen"];

/** The query of a page's URL. What cannot be read is taken for not given. */
export function readPageQuery(parameters: URLSearchParams): DeviceQuery {
  const order = orders.find((known) => known === parameters.get("order")) ?? "name";
  return {
    text: (parameters.get("q") ?? "").trim().slice(0, TEXT_LENGTH),
    show: parameters.get("show") === "known" ? "known" : "held",
    order,
    after: readPlace(parameters.get("after")),
    limit: PAGE_LENGTH,
  };
}

/** The query string of a page, without the question mark; what is as usual is left out. */
export function writePageQuery({ text, show, order, after }: DeviceQuery): string {
  const parameters = new URLSearchParams();
  if (text !== "") parameters.set("q", text);
  if (show !== "held") parameters.set("show", show);
  if (order !== "name") parameters.set("order", order);
  if (after !== undefined) parameters.set("after", JSON.stringify([after.rank, after.user, after.deviceId]));
  return parameters.toString();
}

function readPlace(text: string | null): DevicePlace | undefined {
  if (text === null) return undefined;
  try {
    const place: unknown = JSON.parse(text);
    if (!Array.isArray(place)) return undefined;
    const [rank, user, deviceId] = place as unknown[];
    return typeof rank === "number" && typeof user === "string" && typeof deviceId === "string"
      ? { rank, user, deviceId }
      : undefined;
  } catch {
    return undefined;
  }
}
