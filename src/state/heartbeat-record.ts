import { jsonArray, jsonInteger, jsonObject, jsonText } from "./json-shape.js";

/** What was learned of the paths of a device: what each carries and what it does not. */
export interface HeartbeatRecord {
  readonly paths: readonly {
    /** The network, in the server's terms. */
    readonly network: string;
    /** The longest interval that is relied on, in seconds. */
    readonly carriedSeconds: number;
    /** The shortest that the path is believed not to carry, in seconds. */
    readonly lostSeconds: number;
    /** Whether connections are closed at that age; else they are forgotten in silence. */
    readonly isCut: boolean;
    /** When it was last seen to hold, in seconds since the Unix epoch. */
    readonly confirmedAtSeconds: number;
    /** When a longer interval is to be tried, in seconds since the Unix epoch. */
    readonly retryAtSeconds: number;
    /** How long after a failed trial the next one waits, in seconds. */
    readonly retryGapSeconds: number;
  }[];
}

/** The record in a JSON value; undefined when it is none: it is then learned anew. */
export function parseHeartbeatRecord(value: unknown): HeartbeatRecord | undefined {
  const paths = jsonArray(jsonObject(value)?.["paths"], (element) => {
    const path = jsonObject(element);
    const network = jsonText(path?.["network"]);
    const carriedSeconds = jsonInteger(path?.["carriedSeconds"], 1);
    const lostSeconds = jsonInteger(path?.["lostSeconds"], 1);
    const confirmedAtSeconds = jsonInteger(path?.["confirmedAtSeconds"], 0);
    const retryAtSeconds = jsonInteger(path?.["retryAtSeconds"], 0);
    const retryGapSeconds = jsonInteger(path?.["retryGapSeconds"], 1);
    const isWhole = network !== undefined && carriedSeconds !== undefined && lostSeconds !== undefined;
    const isTimed =
      confirmedAtSeconds !== undefined && retryAtSeconds !== undefined && retryGapSeconds !== undefined;
    if (!isWhole || !isTimed) return undefined;
    const isCut = path?.["isCut"] === true;
    return {
      network,
      carriedSeconds,
      lostSeconds,
      isCut,
      confirmedAtSeconds,
      retryAtSeconds,
      retryGapSeconds,
    };
  });
  return paths && { paths };
}
