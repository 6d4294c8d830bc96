import type { Relay } from "../../relay/relay.js";
import { relayedSource } from "../../relay/relayed-source.js";
import type { DeviceQuery } from "../observed/device-query.js";
import { NumbersCollector } from "../observed/numbers-collector.js";
import { StatusCollector } from "../observed/status-collector.js";
import { type Gateway, startGateway } from "./gateway.js";
import type { JsonLog } from "./json-log.js";
import type { MailBackend, OpenBackend } from "./mail-backend.js";
import { collectMetrics, loadPromClient } from "./metrics.js";
import { nodeName } from "./nodes/node-name.js";
import { NodeQuestions } from "./nodes/node-questions.js";
import { type OpenState, openState } from "./open-state.js";
import type { AskAll, Question } from "./question.js";
import type { ServeSettings } from "./settings.js";

/** What a process that serves phones is started with. */
export interface ServingOptions {
  readonly settings: ServeSettings;
  readonly openBackend: OpenBackend;
  readonly log: JsonLog;
  /** Undefined where it is the only process of its machine. */
  readonly worker?: WorkerPlace;
}

/** A process among the workers of a machine. */
export interface WorkerPlace {
  /** From 1. */
  readonly number: number;
  /** How the workers tell one another, where nothing reaches further. */
  readonly relay: Relay;
}

/** A process that serves phones. */
export interface ServingProcess {
  readonly gateway: Gateway;
  /** Its name among several. */
  readonly node: string;
  /** What the process knows about itself, as plain data. */
  answer(question: Question): Promise<unknown>;
  /** The answers of this process, or of all that there are, as the question says. */
  readonly ask: AskAll;
  /** Answers what is held, then lets go of everything. A second call gets the same promise. */
  close(): Promise<void>;
}

type Answer = ServingProcess["answer"];

/** Starts to serve phones. What was opened is closed again when something fails. */
export async function startServing(options: ServingOptions): Promise<ServingProcess> {
  const closings = new Closings();
  try {
    return await open(options, closings);
  } catch (error) {
    await closings.close();
    throw error;
  }
}

/** What was opened, to be closed in the opposite order. */
class Closings {
  readonly #closings: (() => Promise<void>)[] = [];
  #closed: Promise<void> | undefined;

  add(close: () => Promise<void>): void {
    this.#closings.push(close);
  }

  close(): Promise<void> {
    this.#closed ??= this.#closeAll();
    return this.#closed;
  }

  async #closeAll(): Promise<void> {
    for (const close of this.#closings.splice(0).reverse()) await close();
  }
}

async function open(options: ServingOptions, closings: Closings): Promise<ServingProcess> {
  const { settings, log, worker } = options;
  const state = await openState(settings);
  closings.add(() => state.close());
  // One process of those that share the state does it.
  if (worker === undefined || worker.number === 1) state.forgetDevices(log);
  if (state.relay !== undefined) logLink(state.relay, log);
  let answer: Answer = async () => undefined;
  const nodes = questionsOf(state, closings, (question) => answer(question));
  const relay = state.relay ?? worker?.relay;
  const mail = await options.openBackend(settings, state.store);
  closings.add(() => mail.close());
  const backend = relay === undefined ? mail : sharing(mail, relay, closings);
  const parts = { settings, backend, state: state.store, log, ...(relay && { relay }) };
  const gateway = await startGateway(parts);
  closings.add(() => gateway.close());
  const node = nodeName(settings, gateway.port, worker?.number);
  answer = await answering(settings, gateway, backend, { node, relay: state.relay });
  await nodes?.start();
  const ask: AskAll = async (question) =>
    question.everywhere === true && nodes !== undefined
      ? await nodes.ask(question)
      : [await answer(question)];
  return { gateway, node, answer, ask, close: () => closings.close() };
}

/** Where the relay reaches other machines, their processes are asked over it: also while this one is about to end. */
function questionsOf({ relay }: OpenState, closings: Closings, answer: Answer): NodeQuestions | undefined {
  if (relay === undefined) return undefined;
  const nodes = new NodeQuestions({ relay, answer });
  closings.add(() => nodes.close());
  return nodes;
}

/** Of several processes one watches each mailbox and tells the others. */
function sharing(mail: MailBackend, relay: Relay, closings: Closings): MailBackend {
  const source = relayedSource(mail.source, relay);
  closings.add(() => source.close());
  return { ...mail, source };
}

function logLink(relay: Relay, log: JsonLog): void {
  relay.onLink((link) => log.write(link === "lost" ? "error" : "info", `redis-${link}`));
}

async function answering(
  settings: ServeSettings,
  { directPush }: Gateway,
  backend: MailBackend,
  { node, relay }: { readonly node: string; readonly relay: Relay | undefined },
): Promise<Answer> {
  if (settings.metrics === undefined && settings.status === undefined) return async () => undefined;
  const numbers = new NumbersCollector(directPush.events, () => Date.now());
  const metrics =
    settings.metrics === undefined
      ? undefined
      : collectMetrics(await loadPromClient(), numbers, {
          connections: () => backend.connections(),
          ...(relay && { relay }),
        });
  const status =
    settings.status === undefined ? undefined : new StatusCollector(directPush, { node, numbers });
  return async ({ topic, query }) => {
    if (topic === "metrics") return await metrics?.snapshot();
    return status?.snapshot(query as DeviceQuery);
  };
}
