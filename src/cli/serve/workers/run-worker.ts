import { JsonLog } from "../json-log.js";
import type { OpenBackend } from "../mail-backend.js";
import { startServing } from "../serving-process.js";
import type { ServeSettings } from "../settings.js";
import { readMessage, sendOn, type ToWorker } from "./line.js";
import { LineRelay } from "./line-relay.js";
import { welcomed, workerLine } from "./worker-line.js";

/** What a worker needs of its process. */
export interface WorkerContext {
  readonly settings: ServeSettings;
  readonly openBackend: OpenBackend;
  readonly output: { write(text: string): unknown };
}

/** Serves phones as one of several processes, until the first of them says that it is over, or is gone. */
export async function runWorker({ settings, openBackend, output }: WorkerContext): Promise<void> {
  // Whatever ends a terminal or a service sends signals to all its processes: when a worker ends is the first one's to say.
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => {});
  const line = workerLine();
  const over = new Promise<void>((resolve) => {
    process.once("disconnect", resolve);
    line.onMessage((received) => {
      if (readMessage<ToWorker>(received)?.kind === "drain") resolve();
    });
  });
  const { relayId, worker } = await welcomed(line);
  const log = new JsonLog(output, settings.logLevel, { worker });
  const relay = new LineRelay(line, relayId);
  const serving = await startServing({ settings, openBackend, log, worker: { number: worker, relay } });
  line.onMessage(async (received) => {
    const message = readMessage<ToWorker>(received);
    if (message?.kind !== "question") return;
    const { question } = message;
    const asked = question.everywhere === true ? serving.ask(question) : serving.answer(question);
    const answer = await asked.catch(() => undefined);
    sendOn(line, { kind: "answer", id: message.id, answer });
  });
  sendOn(line, { kind: "listening", port: serving.gateway.port });
  await over;
  await serving.close();
}
