import { afterEach, describe, expect, it } from "vitest";
import { childText, Email, FolderHierarchy, Ping } from "../../src/wbxml/index.js";
import { within } from "../contract/deadline.js";
import { RunningProgram } from "./running-program.js";
import { wirePhone } from "./wire-phone.js";

let program: RunningProgram | undefined;
afterEach(() => program?.kill());

async function start(example: string): Promise<{ program: RunningProgram; port: number }> {
  const running = new RunningProgram([`examples/${example}/main.ts`]);
  program = running;
  const pattern = /^ready http:\/\/127\.0\.0\.1:(\d+)\/Microsoft-Server-ActiveSync$/m;
  const [, port] = await running.prints(pattern);
  return { program: running, port: Number(port) };
}

async function mail(port: number, text: string): Promise<void> {
  const headers = { "content-type": "message/rfc822" };
  const answer = await fetch(`http://127.0.0.1:${port}/mail`, { method: "POST", headers, body: text });
  expect(answer.status).toBe(204);
}

describe.each(["node-http", "express", "koa", "fastify", "hono", "custom-source"])(
  "examples/%s",
  (example) => {
    it("pushes a mail, and ends in good order while a Ping is held", async () => {
      const { program: running, port } = await start(example);
      const phone = wirePhone(port);
      const options = await within("OPTIONS", phone.options());
      expect(options.headers["ms-asprotocolcommands"]?.split(",")).toContain("Ping");
      const folders = await within("FolderSync", phone.folderSync());
      expect(childText(folders.document, FolderHierarchy.Status)).toBe("1");
      await within("the first Sync", phone.syncAll("inbox"));

      const ping = phone.ping({ heartbeatSeconds: 600, folders: ["inbox"] });
      await mail(port, "From: bob@example.com\r\nSubject: A message\r\n\r\nHello!\r\n");
      const answered = await within("the answer to the Ping", ping.answer);
      expect(childText(answered.document, Ping.Status)).toBe("2");
      const results = await within("the Sync after it", phone.syncAll("inbox"));
      const subjects = results.flatMap(({ added }) =>
        added.map(({ data }) => childText(data, Email.Subject)),
      );
      expect(subjects).toEqual(["A message"]);

      const held = phone.ping({ heartbeatSeconds: 600, folders: ["inbox"] });
      // A request behind the Ping: when it is answered, the Ping has been read.
      await within("a Sync beside the Ping", phone.sync("inbox"));
      expect(held.isAnswered).toBe(false);
      expect(await running.endsOn("SIGTERM")).toBe(0);
      const farewell = await within("the last answer", held.answer);
      expect(farewell.status).toBe(200);
      expect(farewell.headers["connection"]).toBe("close");
      expect(childText(farewell.document, Ping.Status)).toBe("1");
    });

    it("refuses a wrong password with a challenge, and other paths with 404", async () => {
      const { program: running, port } = await start(example);
      const stranger = wirePhone(port, { password: "guess" });
      const refused = await within("the refusal", stranger.folderSync());
      expect(refused.status).toBe(401);
      expect(refused.headers["www-authenticate"]).toMatch(/^Basic realm=/);
      expect((await fetch(`http://127.0.0.1:${port}/elsewhere`)).status).toBe(404);
      expect(await running.endsOn("SIGINT")).toBe(0);
    });
  },
);
