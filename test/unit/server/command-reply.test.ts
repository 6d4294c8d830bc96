import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { commonStatusReply, type ReplyStyle } from "../../../src/server/command-reply.js";
import { AirSync, decode } from "../../../src/wbxml/index.js";

import { plain } from "../commands/command-context.js";

const style: ReplyStyle = {
  version: "12.1",
  place: { rootTag: AirSync.Sync, statusTag: AirSync.Status },
  hadPolicyKey: true,
  retryAfterSeconds: 30,
};

/** Rows of the tables with a column for 12.1: a Status, and the HTTP status in its place. What 12.1 never gets, or gets as another Status, is left out. */
function documented(): (readonly [status: number, http: number])[] {
  const text = readFileSync(new URL("../../../docs/protocol.md", import.meta.url), "utf8");
  const tables = [...text.matchAll(/\n\| Status \| 12\.1 \| when \|\n((?:\|.*\n)+)/g)];
  return tables.flatMap(([, rows = ""]) =>
    rows
      .split("\n")
      .slice(1, -1)
      .flatMap((row) => {
        const [, statuses = "", https = ""] = row.split("|");
        const codes = https.includes(" as ") ? [] : (https.match(/\d{3}/g) ?? []).map(Number);
        const [first] = codes;
        if (first === undefined) return [];
        return statuses.split(",").map((status, at) => [Number(status), codes[at] ?? first] as const);
      }),
  );
}

describe("a common status", () => {
  it.each(documented())(
    "%i is HTTP %i in 12.1, as documented, and itself from 14.0 on",
    async (status, http) => {
      expect(commonStatusReply(status, style).status).toBe(http);
      const later = commonStatusReply(status, { ...style, version: "14.0" });
      expect(later.status).toBe(200);
      expect(later.body instanceof Uint8Array && plain(decode(later.body))).toEqual([
        "Sync",
        ["Status", String(status)],
      ]);
    },
  );

  it("is HTTP in every version where the command answers without a document", () => {
    expect(commonStatusReply(137, { ...style, version: "16.1", place: undefined }).status).toBe(501);
  });

  it("that orders an erasure is 403 to a 12.1 device that sent no policy key", () => {
    expect(commonStatusReply(140, { ...style, hadPolicyKey: false }).status).toBe(403);
  });

  it("that asks to come back later says when", () => {
    expect(commonStatusReply(111, style)).toMatchObject({ status: 503, headers: { "retry-after": "30" } });
  });

  it("is documented for the versions before 14.0", () => {
    expect(documented().length).toBeGreaterThan(25);
  });
});
