import type { Relay } from "../../relay/relay.js";
import { relayedSource } from "../../relay/relayed-source.js";
import type { DeviceQuery } from "../observed/device-query.js";
import { StatusCollector } from "../observed/status-collector.js";
import { type Gateway, startGateway } from "./gateway.js";
import type { JsonLog } from "./json-log.js";
import type { MailBackend, OpenBackend } from "./mail-backend.js";
import { collectMetrics, loadPromClient } from "./metrics.js";
import { openState } from "./open-state.js";
import type { Question } from "./question.js";
import type { ServeSettings } from "./settings.js";

/** What a process that serves phones is started with. */
export interface ServingOptions {
  readonly settings: ServeSettings;
  readonly openBackend: OpenBackend;
  readonly log: JsonLog;
  /** Its name among several. */
  readonly node: string;
  /** How it tells the other processes; undefined where there are none. */
  readonly relay?: Relay;
  /** One process of those that share the state forgets devices. */
  readonly forgetsDevices: boolean;
}

/** A process that serves phones. */
export interface ServingProcess {
  readonly gateway: Gateway;
  /** What the process knows about itself, as plain data. */
  answer(question: Question): Promise<unknown>;
  /** Answers what is held, then lets go of everything. A second call gets the same promise. */
  close(): Promise<void>;
}

/** Starts to serve phones. What was opened is closed again when something fails. */
export async function startServing(options: ServingOptions): Promise<ServingProcess> {
  const { settings, log, node, relay } = options;
  const closings: (() => Promise<void>)[] = [];
  const closeAll = async (): Promise<void> => {
    for (const close of closings.splice(0).reverse()) await close();
  };
  try {
    const state = await openState(settings.stateFolder);
    closings.push(() => state.close());
    if (options.forgetsDevices && settings.forgetAfterDays > 0)
      state.forgetDevices(settings.forgetAfterDays, log);
    const mail = await options.openBackend(settings, state.store);
    closings.push(() => mail.close());
    const backend = relay === undefined ? mail : sharing(mail, relay, closings);
    const gateway = await startGateway({
      settings,
      backend,
      state: state.store,
      log,
      ...(relay && { relay }),
    });
    closings.push(() => gateway.close());
    const answer = await answering(settings, gateway, backend, node);
    let closed: Promise<void> | undefined;
    const close = (): Promise<void> => {
      closed ??= closeAll();
      return closed;
    };
    return { gateway, answer, close };
  } catch (error) {
    await closeAll();
    throw error;
  }
}

/** Of several processes one watches each mailbox and tells the others. */
function sharing(mail: MailBackend, relay: Relay, closings: (() => Promise<void>)[]): MailBackend {
  const source = relayedSource(mail.source, relay);
  closings.push(() => source.close());
  return { ...mail, source };
}

async function answering(
  settings: ServeSettings,
  { directPush }: Gateway,
  backend: MailBackend,
  node: string,
): Promise<ServingProcess["answer"]> {
  const metrics =
    settings.metrics === undefined
      ? undefined
      : collectMetrics(await loadPromClient(), directPush, () => backend.connections());
  const status = settings.status === undefined ? undefined : new StatusCollector(directPush, { node });
  return async ({ topic, query }) => {
    if (topic === "metrics") return await metrics?.snapshot();
    return status?.snapshot(query as DeviceQuery);
  };
}
