import type { CommandOptions } from "../commands/command-options.js";
import type { DirectPushOptions, HeartbeatLearning } from "../options.js";
import type { HeartbeatMonitorOptions } from "../push/heartbeat-monitor.js";
import { type Bounds, check, wholeNumber, wholeNumbers } from "./check-options.js";

const alertNumbers = {
  alertSeconds: [540, 0, 3_540],
  alertSamples: [200, 1, 100_000],
} as const satisfies Record<string, Bounds>;

const defaultHeartbeatMinSeconds = 60;
const defaultHeartbeatMaxSeconds = 3_540;

const learningChoices: readonly HeartbeatLearning[] = ["off", "observe", "answer-early", "refuse"];

/** The bounds of what devices may ask for. */
export function heartbeatBounds(
  options: DirectPushOptions,
): Pick<CommandOptions, "heartbeatMinSeconds" | "heartbeatMaxSeconds"> {
  const { minSeconds = defaultHeartbeatMinSeconds, maxSeconds = defaultHeartbeatMaxSeconds } =
    options.heartbeat ?? {};
  const most = defaultHeartbeatMaxSeconds;
  wholeNumber("heartbeat.minSeconds", minSeconds, 1, most);
  wholeNumber("heartbeat.maxSeconds", maxSeconds, 1, most);
  check(
    minSeconds <= maxSeconds,
    "heartbeat.maxSeconds",
    `at least heartbeat.minSeconds, which is ${minSeconds}`,
    maxSeconds,
  );
  return { heartbeatMinSeconds: minSeconds, heartbeatMaxSeconds: maxSeconds };
}

/** What is done about paths that carry less. */
export function heartbeatLearning({ heartbeat }: DirectPushOptions): HeartbeatLearning {
  const learning = heartbeat?.learning ?? "answer-early";
  const isKnown = learningChoices.includes(learning);
  check(isKnown, "heartbeat.learning", `one of ${learningChoices.join(", ")}`, learning);
  return learning;
}

/** When short intervals are told. */
export function heartbeatMonitor({ heartbeat }: DirectPushOptions): HeartbeatMonitorOptions {
  const { alertSeconds, alertSamples: samples } = wholeNumbers("heartbeat.", heartbeat, alertNumbers);
  return { alertSeconds, samples };
}
