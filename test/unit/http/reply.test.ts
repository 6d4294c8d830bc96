import { describe, expect, it } from "vitest";
import { optionsReply } from "../../../src/http/options-answer.js";
import {
  basicChallenge,
  emptyReply,
  movedReply,
  statusReply,
  unauthorizedReply,
  unavailableReply,
  wbxmlReply,
  withHeaders,
} from "../../../src/http/reply.js";

describe("replies", () => {
  it("count the bytes of a document", () => {
    const { status, headers, body } = wbxmlReply(Buffer.from("äö"));
    expect(status).toBe(200);
    expect(headers).toMatchObject({ "content-type": "application/vnd.ms-sync.wbxml", "content-length": "4" });
    expect(body).toHaveLength(4);
  });

  it("are really empty, and of the WBXML type, for a Sync without changes", () => {
    expect(emptyReply()).toMatchObject({
      status: 200,
      headers: { "content-type": "application/vnd.ms-sync.wbxml", "content-length": "0" },
      body: null,
    });
  });

  it("ask compressing middleware to keep off", () => {
    for (const reply of [emptyReply(), wbxmlReply(Buffer.from("x")), statusReply(503)]) {
      expect(reply.headers["cache-control"]).toBe("private, no-transform");
    }
  });

  it("say nothing but the status when something went wrong", () => {
    expect(statusReply(400)).toMatchObject({ status: 400, headers: { "content-length": "0" }, body: null });
    expect(statusReply(400).headers["content-type"]).toBeUndefined();
    expect(statusReply(400)).not.toHaveProperty("reason");
  });

  it("give 449 its reason", () => {
    expect(statusReply(449).reason).toBe("Retry after sending a PROVISION command");
  });

  it("challenge, with quotes escaped", () => {
    expect(unauthorizedReply(basicChallenge('My "mail"')).headers["www-authenticate"]).toBe(
      'Basic realm="My \\"mail\\""',
    );
  });

  it("say when to come back, and where to go", () => {
    expect(unavailableReply(30).headers["retry-after"]).toBe("30");
    expect(movedReply("https://b.example/x")).toMatchObject({
      status: 451,
      headers: { "x-ms-location": "https://b.example/x" },
    });
  });

  it("take more headers", () => {
    const closing = withHeaders(emptyReply(), { connection: "close" });
    expect(closing.headers).toMatchObject({ connection: "close", "content-length": "0" });
  });

  it("advertise without blanks", () => {
    expect(optionsReply({ versions: ["12.1", "16.1"], commands: ["Sync", "Ping"] })).toMatchObject({
      status: 200,
      headers: {
        "ms-asprotocolversions": "12.1,16.1",
        "ms-asprotocolcommands": "Sync,Ping",
        allow: "OPTIONS,POST",
        public: "OPTIONS,POST",
        "content-length": "0",
      },
      body: null,
    });
  });
});
