/** The global tokens of WBXML that ActiveSync documents use or that a tolerant decoder understands ([MS-ASWBXML] 1.6). */
export const Token = {
  /** Changes the code page; the page number follows. */
  SwitchPage: 0x00,
  /** Closes the innermost open element. */
  End: 0x01,
  /** A character by its code point; not used by ActiveSync. */
  Entity: 0x02,
  /** Inline text, ended by a zero byte. */
  InlineString: 0x03,
  /** Text by its offset in the string table; not used by ActiveSync. */
  TableString: 0x83,
  /** Raw bytes after their length. */
  Opaque: 0xc3,
} as const;

/** Set in a tag's byte when content and an END follow. */
export const contentBit = 0x40;

/** The bits of a tag's byte that hold its token. */
export const tokenMask = 0x3f;

/** The lowest token that names an element; the ones below are global. */
export const firstElementToken = 0x05;

/** The only WBXML version ActiveSync sends, 1.3. */
export const wbxmlVersion = 0x03;

/** The public identifier of ActiveSync documents: unknown. */
export const publicIdentifier = 0x01;

/** IANA MIBenum of UTF-8, the only character set ActiveSync sends. */
export const utf8Charset = 0x6a;
