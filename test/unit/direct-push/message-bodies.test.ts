import { describe, expect, it } from "vitest";
import type { CommandRequest } from "../../../src/commands/command.js";
import type { EasResponse } from "../../../src/http/exchange.js";
import type { DirectPushOptions } from "../../../src/options.js";
import { ComposeMail, childText, decode, element, encode, textElement } from "../../../src/wbxml/index.js";
import { fakeCommand, fakeServer } from "./fake-command.js";

interface Sent {
  readonly response: EasResponse;
  readonly request: CommandRequest | undefined;
}

/** Sends a SendMail to a server whose own does nothing but tell what it got. */
async function send(
  version: string,
  body: Uint8Array,
  headers: Record<string, string>,
  limits: DirectPushOptions["limits"] = {},
  query = "Cmd=SendMail&User=alice&DeviceId=x&DeviceType=y",
): Promise<Sent> {
  let request: CommandRequest | undefined;
  const command = fakeCommand(
    async (given) => {
      request = given;
      return { kind: "empty" };
    },
    {
      name: "SendMail",
      rootTag: ComposeMail.SendMail,
      statusTag: ComposeMail.Status,
      needsBody: true,
      takesMessage: true,
    },
  );
  const { server } = fakeServer([command], { limits });
  const response = await server.handle({
    method: "POST",
    url: `/Microsoft-Server-ActiveSync?${query}`,
    headers: {
      authorization: `Basic ${Buffer.from("alice:alice").toString("base64")}`,
      "ms-asprotocolversion": version,
      ...headers,
    },
    body,
    remoteAddress: "192.0.2.1",
    raw: undefined,
  });
  return { response, request };
}

function statusIn({ body }: EasResponse): string | undefined {
  return body instanceof Uint8Array ? childText(decode(body), ComposeMail.Status) : undefined;
}

const mail = Buffer.from("From: a@example.com\r\n\r\nx\r\n");
const asMail = { "content-type": "message/rfc822" };
const asDocument = { "content-type": "application/vnd.ms-sync.wbxml" };
const document = encode(element(ComposeMail.SendMail, [textElement(ComposeMail.ClientId, "1")]));

describe("the body of a command that takes a message", () => {
  it("is the message before 14.0", async () => {
    const { response, request } = await send("12.1", mail, asMail);
    expect(response.status).toBe(200);
    expect(request?.document).toBeUndefined();
    expect(Buffer.from(request?.rawBody ?? [])).toEqual(mail);
  });

  it("is a document from 14.0 on", async () => {
    const { request } = await send("14.0", document, asDocument);
    expect(request?.rawBody).toBeUndefined();
    expect(childText(request?.document, ComposeMail.ClientId)).toBe("1");
  });

  it("is not the one where the other is due", async () => {
    const early = await send("12.1", document, asDocument);
    expect([early.response.status, early.request]).toEqual([400, undefined]);
    const late = await send("14.1", mail, asMail);
    expect([late.response.status, statusIn(late.response)]).toEqual([200, "101"]);
    expect(late.request).toBeUndefined();
  });

  it("must be there", async () => {
    expect((await send("12.1", new Uint8Array(0), asMail)).response.status).toBe(400);
    expect(statusIn((await send("16.1", new Uint8Array(0), asDocument)).response)).toBe("101");
  });

  it("has a limit of its own, told as an attachment that is too large", async () => {
    const limits = { maxBodyBytes: 8, maxMessageBytes: mail.length };
    expect((await send("12.1", mail, asMail, limits)).response.status).toBe(200);
    const longer = Buffer.concat([mail, mail]);
    expect((await send("12.1", longer, asMail, limits)).response.status).toBe(413);
    const late = await send("14.0", document, asDocument, { maxMessageBytes: document.length - 1 });
    expect(statusIn(late.response)).toBe("122");
  });
});

describe("the parameters of the query", () => {
  const base = "Cmd=SendMail&User=alice&DeviceId=x&DeviceType=y";

  it("come to the command", async () => {
    const { request } = await send("12.1", mail, asMail, {}, `${base}&SaveInSent=T&ItemId=7`);
    expect(request?.parameters).toMatchObject({ saveInSent: true, itemId: "7", acceptMultiPart: false });
  });

  it("have the header for answers in parts among them", async () => {
    const { request } = await send("12.1", mail, { ...asMail, "ms-asacceptmultipart": "T" });
    expect(request?.parameters.acceptMultiPart).toBe(true);
  });
});
