/** The ways to get a mail that is sent without a document wrong: in the message, in the body as HTTP carries it, and in the query. */
import { gzipSync } from "node:zlib";
import { longIdOf } from "../../../src/mailbox/item-reference.js";
import {
  messageOf,
  parts,
  type RawCommand,
  type RawMail,
  type RawParameters,
  rightHeaders,
} from "./raw-mails.js";

/** A request that differs from the right one. */
export interface RawVariant {
  readonly name: string;
  readonly change: (right: RawMail) => Partial<RawMail>;
  /** The HTTP status; undefined: any that is documented. */
  readonly http?: number;
}

const withHeaders = (headers: RawParameters): Partial<RawMail> => ({ message: messageOf(headers) });
const headersBut = (name: string, ...by: RawParameters): RawParameters =>
  rightHeaders.flatMap((header) => (header[0] === name ? by : [header]));
const setting = (name: string, value: string | Uint8Array): RawVariant["change"] => {
  return () => withHeaders(headersBut(name, [name, value]));
};
const onlyTo = (to: string): RawParameters =>
  rightHeaders.flatMap(([name, value]) =>
    name === "To" ? [[name, to] as const] : ["Cc", "Bcc"].includes(name) ? [] : [[name, value] as const],
  );
const body = (text: string): RawVariant["change"] => {
  return () => ({ message: messageOf(rightHeaders, text) });
};

/** Every header of the message left out, twice, empty, with something that means nothing, and with bytes of no character set. */
const wrongHeaders: readonly RawVariant[] = rightHeaders.flatMap(([name, value]): RawVariant[] => [
  { name: `without ${name}`, change: () => withHeaders(headersBut(name)), http: 200 },
  { name: `${name} twice`, change: () => withHeaders([...rightHeaders, [name, value]]), http: 200 },
  { name: `${name} empty`, change: setting(name, ""), http: 200 },
  { name: `${name} with bytes`, change: setting(name, Buffer.from([0x22, 0xff, 0, 0x3c])) },
  { name: `${name} with a bare CR`, change: setting(name, "a\rBcc: mallory@example.net") },
  { name: `${name} of 100,000 characters`, change: setting(name, "x".repeat(100_000)) },
]);

/** What is wrong with the message. */
const wrongMessages: readonly RawVariant[] = [
  { name: "without a recipient", change: () => withHeaders(onlyTo("")), http: 400 },
  { name: "to a group of nobody", change: () => withHeaders(onlyTo("undisclosed:;")), http: 400 },
  { name: "to what is no address", change: () => withHeaders(onlyTo("bob")), http: 400 },
  { name: "to two at signs", change: () => withHeaders(onlyTo("bob@@example.com")), http: 400 },
  { name: "to one who is an address, and one who is not", change: setting("To", "b@c.de, bob"), http: 400 },
  { name: "to an address with a line end", change: setting("To", "<a@b\r\n RCPT TO:<x@y>>") },
  { name: "without headers", change: () => ({ message: messageOf([]) }), http: 400 },
  { name: "without anything but headers", change: body(""), http: 200 },
  { name: "of an empty line", change: () => ({ message: Buffer.from("\r\n") }), http: 400 },
  { name: "of nonsense", change: () => ({ message: Buffer.from([1, 2, 3, 0xff]) }), http: 400 },
  { name: "of a WBXML document", change: () => ({ message: Buffer.from([3, 1, 106, 0, 69, 1]) }), http: 400 },
  { name: "of no byte", change: () => ({ message: Buffer.alloc(0) }), http: 400 },
  {
    name: "with lines that end in a line feed",
    change: () => ({ message: Buffer.from(messageOf().toString().replaceAll("\r\n", "\n")) }),
    http: 200,
  },
  { name: "whose boundary is nowhere", change: body("--c\r\n\r\nHi\r\n"), http: 200 },
  { name: "whose parts do not end", change: body(parts.replace("--b--", "")), http: 200 },
  { name: "whose base64 is none", change: body(parts.replace("iVBORw0KGgo=", "!!!")), http: 200 },
  { name: "in a charset of no name", change: body(parts.replace("utf-8", "x-none")), http: 200 },
  {
    name: "with parts in parts in parts",
    change: body(
      Array.from(
        { length: 300 },
        (_, at) =>
          `--${at === 0 ? "b" : `b${at}`}\r\nContent-Type: multipart/mixed; boundary=b${at + 1}\r\n\r\n`,
      ).join(""),
    ),
    http: 200,
  },
];

/** What is wrong with the body as HTTP carries it. */
const wrongBodies: readonly RawVariant[] = [
  ...["application/vnd.ms-sync.wbxml", "text/plain", "message/rfc822x", "nonsense"].map(
    (type): RawVariant => ({
      name: `sent as ${type}`,
      change: () => ({ headers: { "content-type": type } }),
      http: 400,
    }),
  ),
  ...["Message/RFC822; charset=utf-8", undefined].map(
    (type): RawVariant => ({
      name: `sent as ${type ?? "nothing"}`,
      change: () => ({ headers: { "content-type": type } }),
      http: 200,
    }),
  ),
  ...[-1, 1].map(
    (more): RawVariant => ({
      name: `announced with ${more} byte more`,
      change: ({ headers, message }) => ({
        headers: { ...headers, "content-length": String(message.length + more) },
      }),
      http: 400,
    }),
  ),
  {
    name: "gzipped",
    change: ({ headers, message }) => ({
      headers: { ...headers, "content-encoding": "gzip" },
      message: gzipSync(message),
    }),
    http: 200,
  },
  {
    name: "gzipped and cut",
    change: ({ headers, message }) => ({
      headers: { ...headers, "content-encoding": "gzip" },
      message: gzipSync(message).subarray(0, -9),
    }),
    http: 400,
  },
  {
    name: "in an encoding that is not read",
    change: ({ headers }) => ({ headers: { ...headers, "content-encoding": "br" } }),
    http: 415,
  },
];

const parametersBut = ({ parameters }: RawMail, name: string, ...by: RawParameters): RawParameters =>
  parameters.flatMap((parameter) => (parameter[0] === name ? by : [parameter]));

/** What is wrong with the source that a reply or forward names. */
const wrongSources: readonly RawVariant[] = [
  ...["CollectionId", "ItemId"].flatMap((name): RawVariant[] => [
    { name: `without ${name}`, change: (right) => ({ parameters: parametersBut(right, name) }), http: 400 },
    {
      name: `with an empty ${name}`,
      change: (right) => ({ parameters: parametersBut(right, name, [name, ""]) }),
      http: 400,
    },
    {
      name: `with another ${name}`,
      change: (right) => ({ parameters: parametersBut(right, name, [name, "nonsense"]) }),
      http: 500,
    },
    {
      name: `with a ${name} of bytes`,
      change: (right) => ({ parameters: parametersBut(right, name, [name, Buffer.from([0xff, 0])]) }),
      http: 500,
    },
    {
      name: `with ${name} twice`,
      change: (right) => ({
        parameters: right.parameters.flatMap((one) => (one[0] === name ? [one, one] : [one])),
      }),
      http: 200,
    },
  ]),
  {
    name: "without a source",
    change: ({ parameters }) => ({ parameters: parameters.slice(-1) }),
    http: 400,
  },
  {
    name: "with a LongId beside its source",
    change: ({ parameters }) => ({ parameters: [...parameters, ["LongId", "RgAAAA"]] }),
    http: 400,
  },
  {
    name: "with a LongId that is none",
    change: ({ parameters }) => ({ parameters: [["LongId", "nonsense"], ...parameters.slice(-1)] }),
    http: 500,
  },
  {
    name: "with a LongId in the place of its source",
    change: ({ parameters: [, itemId, ...others] }) => ({
      parameters: [["LongId", longIdOf({ folder: "inbox", item: String(itemId?.[1]) })], ...others],
    }),
    http: 200,
  },
  ...["yesterday", "2027-01-08T09:00:00.000Z"].map(
    (time): RawVariant => ({
      name: `with the Occurrence ${time} of what is no meeting`,
      change: ({ parameters }) => ({ parameters: [...parameters, ["Occurrence", time]] }),
      http: 400,
    }),
  ),
];

/** Differences of the query that any command may have. */
const queries: readonly RawVariant[] = [
  {
    name: "without SaveInSent",
    change: (right) => ({ parameters: parametersBut(right, "SaveInSent") }),
    http: 200,
  },
  ...["", "nonsense"].map(
    (value): RawVariant => ({
      name: `with the SaveInSent "${value}"`,
      change: (right) => ({ parameters: parametersBut(right, "SaveInSent", ["SaveInSent", value]) }),
      http: 200,
    }),
  ),
  {
    name: "with a parameter that nobody knows",
    change: ({ parameters }) => ({ parameters: [["Nonsense", "1"], ...parameters] }),
    http: 200,
  },
  {
    name: "with its parameters in another order",
    change: ({ parameters }) => ({ parameters: parameters.toReversed() }),
    http: 200,
  },
  {
    name: "with an AttachmentName",
    change: ({ parameters }) => ({ parameters: [...parameters, ["AttachmentName", "x"]] }),
    http: 200,
  },
];

/** Every difference that is tried with a command. */
export function rawVariantsOf(command: RawCommand): readonly RawVariant[] {
  const any = [...wrongHeaders, ...wrongMessages, ...wrongBodies, ...queries];
  return command === "SendMail" ? any : [...any, ...wrongSources];
}
