/**
 * What the WBXML codec costs in CPU time, next to JSON.parse and JSON.stringify of the same tree in this process.
 * Run: npx tsx bench/codec.ts
 */
import { pathToFileURL } from "node:url";
import { decode, element, encode, Ping, textElement, type WbxmlElement } from "../src/wbxml/index.js";
import { mailSyncResponse } from "./codec-document.js";

/** One line of the bench table. */
export interface BenchResult {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly ratio?: number;
  readonly target?: string;
  readonly ok?: boolean;
}

interface Contender {
  readonly name: string;
  run(): unknown;
}

const rounds = 15;
const millisecondsPerRound = 80;

/** Measures decoding and encoding of a Sync response of 50 mails with 1 kB bodies, and of a Ping request. */
export async function benchCodec(): Promise<readonly BenchResult[]> {
  const sync = mailSyncResponse(50);
  const [decodeSync, parseSync, encodeSync, stringifySync] = medianMicroseconds(contenders(sync));
  const [decodePing, parsePing, encodePing, stringifyPing] = medianMicroseconds(contenders(pingRequest()));
  const bytes = encode(sync).length;
  return [
    compared("decode, Sync of 50 mails", decodeSync, parseSync, 1.3),
    { name: "JSON.parse, Sync of 50 mails", value: round(parseSync), unit: "us CPU" },
    compared("encode, Sync of 50 mails", encodeSync, stringifySync, 2),
    { name: "JSON.stringify to bytes, Sync of 50 mails", value: round(stringifySync), unit: "us CPU" },
    { name: "decode throughput", value: round(bytes / decodeSync), unit: "MB/s" },
    { name: "encode throughput", value: round(bytes / encodeSync), unit: "MB/s" },
    compared("decode, Ping request", decodePing, parsePing),
    compared("encode, Ping request", encodePing, stringifyPing),
  ];
}

function contenders(tree: WbxmlElement): readonly [Contender, Contender, Contender, Contender] {
  const wbxml = encode(tree);
  const equivalent = jsonTree(tree);
  const json = JSON.stringify(equivalent);
  return [
    { name: "decode", run: () => decode(wbxml) },
    { name: "parse", run: () => JSON.parse(json) },
    { name: "encode", run: () => encode(tree) },
    { name: "stringify", run: () => Buffer.from(JSON.stringify(equivalent)) },
  ];
}

/** The same tree as JSON can hold it: bytes in base64, as JSON interfaces send them. */
function jsonTree({ tag, content }: WbxmlElement): unknown {
  if (content instanceof Uint8Array) return { tag, content: Buffer.from(content).toString("base64") };
  return { tag, content: Array.isArray(content) ? content.map(jsonTree) : content };
}

/** CPU microseconds of one run of each contender: the median of rounds in which they take turns. */
function medianMicroseconds(
  list: readonly [Contender, Contender, Contender, Contender],
): [number, number, number, number] {
  const repeats = list.map(calibrate);
  const samples: number[][] = list.map(() => []);
  for (let round = 0; round < rounds; round++) {
    list.forEach((contender, i) => {
      const count = repeats[i] ?? 1;
      samples[i]?.push(cpuMicroseconds(contender, count) / count);
    });
  }
  const [a, b, c, d] = samples.map(median);
  return [a ?? Number.NaN, b ?? Number.NaN, c ?? Number.NaN, d ?? Number.NaN];
}

/** How many runs fill a round; finding out warms the contender up as well. */
function calibrate(contender: Contender): number {
  let count = 1;
  while (cpuMicroseconds(contender, count) < (millisecondsPerRound * 1000) / 2) count *= 2;
  return count * 2;
}

function cpuMicroseconds(contender: Contender, count: number): number {
  const start = process.cpuUsage();
  for (let i = 0; i < count; i++) contender.run();
  const { user, system } = process.cpuUsage(start);
  return user + system;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}

function compared(name: string, microseconds: number, json: number, target?: number): BenchResult {
  const ratio = json / microseconds;
  const result = { name, value: round(microseconds), unit: "us CPU", ratio: round(ratio) };
  return target === undefined ? result : { ...result, target: `>= ${target} x JSON`, ok: ratio >= target };
}

function round(value: number): number {
  return Number(value.toPrecision(3));
}

function pingRequest(): WbxmlElement {
  const folder = (id: string, folderClass: string): WbxmlElement =>
    element(Ping.Folder, [textElement(Ping.Id, id), textElement(Ping.Class, folderClass)]);
  return element(Ping.Ping, [
    textElement(Ping.HeartbeatInterval, 900),
    element(Ping.Folders, [folder("5", "Email"), folder("1", "Calendar"), folder("2", "Contacts")]),
  ]);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) console.table(await benchCodec());
