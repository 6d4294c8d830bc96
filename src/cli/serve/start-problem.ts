import { DirectPushError } from "../../errors.js";
import { SettingsProblem } from "./given-options.js";

/** Why a server does not start, for the operator, and the exit status. */
export interface StartProblem {
  readonly message: string;
  readonly status: 1 | 2;
}

/** What is to be said of an error at the start. */
export function startProblem(error: unknown): StartProblem {
  if (error instanceof SettingsProblem) return { message: error.message, status: 2 };
  if (error instanceof DirectPushError && error.code === "ERR_OPTION_INVALID") {
    return { message: error.message, status: 2 };
  }
  const missing = missingPackage(error);
  if (missing !== undefined) {
    return {
      message: `The package ${missing} is needed and not installed: npm install ${missing}`,
      status: 1,
    };
  }
  return { message: error instanceof Error ? error.message : String(error), status: 1 };
}

function missingPackage(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code } = error as NodeJS.ErrnoException;
  if (code !== "ERR_MODULE_NOT_FOUND" && code !== "MODULE_NOT_FOUND") return undefined;
  return /Cannot find (?:package|module) '((?:@[^/']+\/)?[^./'][^/']*)'/.exec(error.message)?.[1];
}
