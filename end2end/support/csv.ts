/** The rows of a CSV file whose cells all stand in quotes, and of which none has a quote or a line end in it. */
export function rowsOf(csv: string): string[][] {
  const lines = csv.replace(/^\uFEFF/, "").trim().split(/\r?\n/);
  return lines.map((line) => line.replace(/^"|"$/g, "").split('","'));
}
