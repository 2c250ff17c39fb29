// The matrix as a table of Markdown: from what a run has recorded, in the order in which the environments are declared.

const HEAD = ["Environment", "Version", "What the app writes", "Result", "Remark"];
/** In docs/environments.md the table stands between these. */
export const MARKERS = ["<!-- matrix: begin -->", "<!-- matrix: end -->"];

const cell = (text) =>
  String(text ?? "")
    .replaceAll("|", "\\|")
    .replaceAll("\n", " ");

export function table({ rows }) {
  const lines = rows.map(({ row, version, entry, result, remark }) => [row, version, `\`${entry}\``, result, remark]);
  const text = [HEAD, HEAD.map(() => "---"), ...lines].map((cells) => `| ${cells.map(cell).join(" | ")} |`);
  return text.join("\n");
}

const between = new RegExp(`(?<=${MARKERS[0]}\\n)[^]*(?=${MARKERS[1]})`);

/** The table that a document holds. */
export const tableIn = (document) => document.match(between)?.[0].trim();

/** The document with this table in the place of its own. */
export function withTable(document, text) {
  if (!between.test(document)) throw new Error(`the document has no ${MARKERS.join(" … ")}`);
  return document.replace(between, () => `\n${text}\n\n`);
}
