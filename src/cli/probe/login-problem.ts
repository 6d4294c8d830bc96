import type { EasResult } from "../../client/transport/eas-transport.js";
import type { ProbeProblem } from "./probe-device.js";

/** Why a request before the first Ping did not get what it wanted. */
export function loginProblem(step: string, result: EasResult): ProbeProblem {
  switch (result.kind) {
    case "unreachable":
      return {
        code: "unreachable",
        text: `No connection: ${result.error.message}.${certificateAdvice(result.error)}`,
      };
    case "cut":
      return { code: "unreachable", text: `The connection ended during ${step}: ${result.error.message}.` };
    case "silent":
      return { code: "unreachable", text: `No answer to ${step}.` };
    case "aborted":
      return { code: "stopped", text: "The probe was stopped." };
    case "unreadable":
      return notActiveSync(`${step} was answered with something that is not ActiveSync, a web page perhaps.`);
    case "answered":
      return statusProblem(step, result.status);
  }
}

/** Something answers, but does not speak ActiveSync. */
export function notActiveSync(text: string): ProbeProblem {
  return {
    code: "not-activesync",
    text: `${text} Look at the URL: the path is /Microsoft-Server-ActiveSync.`,
  };
}

/** A Status of a command that says that the device may not go on. */
export function refusedStatus(step: string, status: number | undefined): ProbeProblem {
  const words = status === undefined ? undefined : statuses.get(status);
  const text = `${step} was answered with Status ${status ?? "none"}${words === undefined ? "" : `: ${words}`}.`;
  return { code: words === undefined ? "server-trouble" : "refused", text };
}

/** [MS-ASCMD] 2.2.2. */
const statuses: ReadonlyMap<number, string> = new Map([
  [126, "the user may not use ActiveSync"],
  [127, "the organisation may not use ActiveSync"],
  [128, "the server sends this user nowhere"],
  [129, "the device is blocked for this user; let the devices of the type DirectPushProbe in"],
  [130, "the device waits to be let in; let the devices of the type DirectPushProbe in"],
  [131, "the mailbox is not ready for ActiveSync"],
  [139, "the server wants a policy that the probe did not get"],
  [140, "the server wants the device erased"],
  [142, "the server wants a policy that the probe did not get"],
  [177, "the user has too many devices; remove some, or probe with fewer at once (--at-once 2)"],
]);

function statusProblem(step: string, status: number): ProbeProblem {
  switch (status) {
    case 401:
      return { code: "wrong-password", text: "Wrong user or password (HTTP 401)." };
    case 403:
      return {
        code: "refused",
        text: "The user may not use ActiveSync, or the device is blocked (HTTP 403).",
      };
    case 200:
    case 404:
    case 405:
    case 501:
      return notActiveSync(`${step} was answered HTTP ${status}: this is not an ActiveSync server.`);
    case 451:
      return { code: "refused", text: "The mailbox is at another server, which HTTP 451 did not name." };
    case 502:
    case 503:
    case 504:
      return {
        code: "unreachable",
        text: `${step} was answered HTTP ${status}: the server behind the proxy is down or overloaded.`,
      };
    default:
      return { code: "server-trouble", text: `${step} was answered HTTP ${status}.` };
  }
}

function certificateAdvice(error: Error): string {
  const code = "code" in error ? String(error.code) : "";
  return /CERT|SELF_SIGNED|ALTNAME/.test(code)
    ? " Phones would not accept this certificate either. NODE_EXTRA_CA_CERTS=FILE adds a root, --insecure goes without."
    : "";
}
