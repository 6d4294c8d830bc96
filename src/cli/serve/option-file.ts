import { readFileSync } from "node:fs";

/** The content of a file that an option names. @throws Error naming the option, and the file as the system does. */
export function readOptionFile(option: string, file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new Error(`${option}: ${(error as Error).message}`, { cause: error });
  }
}
