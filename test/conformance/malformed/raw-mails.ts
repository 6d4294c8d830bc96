/** Mails as devices send them before 14.0: the message is the body, and the query says the rest ([MS-ASHTTP] 2.2.1.1.1.1.3, 2.2.1.1.1.2.5). */
import { user, type World } from "../statuses/world.js";

export const rawCommands = ["SendMail", "SmartReply", "SmartForward"] as const;
export const queryForms = ["plain", "base64"] as const;
export type RawCommand = (typeof rawCommands)[number];

/** Parameters of the query beside who asks for what, in their order; some may be there twice. */
export type RawParameters = readonly (readonly [name: string, value: string | Uint8Array])[];

/** What a request is made of. */
export interface RawMail {
  readonly command: RawCommand;
  readonly form: (typeof queryForms)[number];
  readonly parameters: RawParameters;
  readonly message: Uint8Array;
  readonly headers: Readonly<Record<string, string | undefined>>;
}

/** The headers of the right message. */
export const rightHeaders: readonly (readonly [name: string, value: string])[] = [
  ["From", user],
  ["To", "bob@example.com"],
  ["Cc", "Carol <carol@example.com>"],
  ["Bcc", "crowd@example.com"],
  ["Subject", "=?UTF-8?Q?Gr=C3=BC=C3=9Fe?="],
  ["Date", "Fri, 01 Jan 2027 00:00:00 +0000"],
  ["Message-ID", "<raw@phone>"],
  ["MIME-Version", "1.0"],
  ["Content-Type", 'multipart/mixed; boundary="b"'],
];

/** The parts of its body: a text, and a picture. */
export const parts = [
  "--b\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\nSGkgQm9i\r\n",
  "--b\r\nContent-Type: image/png; name=a.png\r\nContent-Disposition: attachment\r\n",
  "Content-Transfer-Encoding: base64\r\n\r\niVBORw0KGgo=\r\n--b--\r\n",
].join("");

/** A message of headers and a body. */
export function messageOf(headers: RawParameters = rightHeaders, body = parts): Buffer {
  const lines = headers.map(([name, value]) =>
    Buffer.concat([Buffer.from(`${name}: `), Buffer.from(value), Buffer.from("\r\n")]),
  );
  return Buffer.concat([...lines, Buffer.from(`\r\n${body}`)]);
}

/** A mail that a phone of 12.1 sends. */
export function rightMail(command: RawCommand, form: RawMail["form"], { plans }: World): RawMail {
  const source: RawParameters =
    command === "SendMail"
      ? []
      : [
          ["CollectionId", "inbox"],
          ["ItemId", plans],
        ];
  return {
    command,
    form,
    parameters: [...source, ["SaveInSent", form === "plain" ? "T" : Buffer.from([1])]],
    message: messageOf(),
    headers: { "content-type": "message/rfc822" },
  };
}

const device = { DeviceId: "DEVICE1", DeviceType: "TestPhone" } as const;
const codes: Readonly<Record<RawCommand, number>> = { SendMail: 1, SmartForward: 2, SmartReply: 3 };
const tags: Readonly<Record<string, number>> = {
  AttachmentName: 0,
  CollectionId: 1,
  ItemId: 3,
  LongId: 4,
  Occurrence: 6,
  SaveInSent: 7,
  Nonsense: 99,
};

const field = (value: string | Uint8Array): Buffer =>
  Buffer.concat([Buffer.from([value.length]), Buffer.from(value)]);

/** The query of a request; its bytes before they become text, in the base64 form. */
export function queryBytes({ command, form, parameters }: RawMail): Buffer {
  if (form === "base64") {
    return Buffer.concat([
      Buffer.from([121, codes[command], 9, 4]),
      field(device.DeviceId),
      Buffer.from([0]),
      field(device.DeviceType),
      ...parameters.flatMap(([name, value]) => [Buffer.from([tags[name] ?? 99]), field(value)]),
    ]);
  }
  const all: RawParameters = [["Cmd", command], ["User", user], ...Object.entries(device), ...parameters];
  const encoded = (value: string | Uint8Array): string =>
    typeof value === "string"
      ? encodeURIComponent(value)
      : [...value].map((byte) => `%${byte.toString(16).padStart(2, "0")}`).join("");
  return Buffer.from(all.map(([name, value]) => `${name}=${encoded(value)}`).join("&"));
}
