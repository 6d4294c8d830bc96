import { randomUUID } from "node:crypto";
import { ItemOperations, textElement, type WbxmlElement } from "../../wbxml/index.js";
import type { CommandOutcome, StreamedContent } from "../command.js";

/** Places in a multipart body are 32-bit numbers; this leaves room for the document. */
const maxContentBytes = 0xf000_0000;

/** Where the content of an answer goes: into the document as base64, or into parts of their own ([MS-ASCMD] 2.2.1.10.1). */
export class AnswerContent {
  readonly inParts: boolean;
  readonly #parts: StreamedContent[] = [];
  readonly #texts: { readonly placeholder: string; readonly content: StreamedContent }[] = [];
  #byteLength = 0;

  constructor(inParts: boolean) {
    this.inParts = inParts;
  }

  /** Whether so much more can be in one answer. */
  fits(byteLength: number): boolean {
    return this.#byteLength + byteLength <= maxContentBytes;
  }

  /** The element that stands for the content: Part or Data ([MS-ASCMD] 2.2.3.130, 2.2.3.39.1). To be put into the document in the order of the calls. */
  place(content: StreamedContent): WbxmlElement {
    this.#byteLength += content.byteLength;
    if (this.inParts) return textElement(ItemOperations.Part, this.#parts.push(content));
    // Nothing that a mail holds can be the same by chance or by intent.
    const placeholder = randomUUID();
    this.#texts.push({ placeholder, content });
    return textElement(ItemOperations.Data, placeholder);
  }

  /** The answer with this document. */
  outcome(document: WbxmlElement): CommandOutcome {
    if (this.inParts) return { kind: "multipart", document, parts: this.#parts };
    if (this.#texts.length === 0) return { kind: "document", document };
    return { kind: "streamed-document", document, texts: this.#texts };
  }
}
