import { DirectPushError } from "../errors.js";

/** How much of a document {@link decode} takes, and how closely it holds the sender to the specification. */
export interface DecodeOptions {
  /** Longest document in bytes. Default 20 MiB. */
  readonly maxBytes?: number;
  /** Deepest nesting, the root being depth 1. Default 32; no ActiveSync schema needs 20. */
  readonly maxDepth?: number;
  /** Most elements; every piece of a text after its first counts as one too. Default 100,000. */
  readonly maxElements?: number;
  /** Longest text of one element in bytes of UTF-8. Default 4 MiB. */
  readonly maxStringBytes?: number;
  /** Longest OPAQUE content in bytes. Default 20 MiB. */
  readonly maxOpaqueBytes?: number;
  /**
   * Refuse what [MS-ASWBXML] 2.1.3 excludes (string tables and ENTITY tokens) and tags that no code page lists.
   * Default false: these are understood, and unlisted tags of a known page are kept for the caller to skip.
   */
  readonly strict?: boolean;
}

const mebibyte = 1024 * 1024;

const defaultDecodeOptions: Required<DecodeOptions> = {
  maxBytes: 20 * mebibyte,
  maxDepth: 32,
  maxElements: 100_000,
  maxStringBytes: 4 * mebibyte,
  maxOpaqueBytes: 20 * mebibyte,
  strict: false,
};

/**
 * Fills in the defaults.
 *
 * @throws DirectPushError `ERR_OPTION_INVALID` when a limit is not a number of 0 or more (Infinity lifts the limit).
 */
export function resolveDecodeOptions(options: DecodeOptions | undefined): Required<DecodeOptions> {
  if (options === undefined) return defaultDecodeOptions;
  const limit = (
    name: "maxBytes" | "maxDepth" | "maxElements" | "maxStringBytes" | "maxOpaqueBytes",
  ): number => {
    const value = options[name] ?? defaultDecodeOptions[name];
    if (value >= 0) return value;
    throw new DirectPushError("ERR_OPTION_INVALID", `${name} must be 0 or more, not ${value}`);
  };
  return {
    maxBytes: limit("maxBytes"),
    maxDepth: limit("maxDepth"),
    maxElements: limit("maxElements"),
    maxStringBytes: limit("maxStringBytes"),
    maxOpaqueBytes: limit("maxOpaqueBytes"),
    strict: options.strict ?? defaultDecodeOptions.strict,
  };
}
