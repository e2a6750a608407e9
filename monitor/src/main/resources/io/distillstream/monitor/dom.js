// The document: elements by id, text, tables and lists. What is there is kept and rewritten, so that
// nothing flickers, and neither a selection nor the focus is lost.

export const $ = (id) => document.getElementById(id);

export const join = (...parts) => parts.filter(Boolean).join(" · ");

/** Writes only what changed, so that a quiet page stays quiet. */
export function text(element, value) {
  if (element.textContent !== value) element.textContent = value;
}

/**
 * Fills a table. Cells are text, or {text, title, className, span}, or {fill, ...}: a function that
 * is given the cell. A row stays with its key, and goes with it.
 */
export function rows(table, items, cells, { rowClass = () => "", key = (item, i) => `${i}` } = {}) {
  const body = table.tBodies[0];
  const labels = [...table.tHead.rows[0].cells].map((cell) => cell.textContent);
  const keys = items.map(key);
  const wanted = new Set(keys);
  [...body.rows].filter((row) => !wanted.has(row.dataset.key)).forEach((row) => row.remove());
  const known = new Map([...body.rows].map((row) => [row.dataset.key, row]));
  items.forEach((item, i) => {
    const row = known.get(keys[i]) ?? document.createElement("tr");
    if (body.rows[i] !== row) body.insertBefore(row, body.rows[i] ?? null);
    row.dataset.key = keys[i];
    // Said outright, since rows that are laid out as cards lose what they are.
    row.setAttribute("role", "row");
    row.className = rowClass(item);
    fillRow(row, cells(item), labels);
  });
  table.hidden = items.length === 0;
}

function fillRow(row, values, labels) {
  let column = 0;
  values.forEach((value, c) => {
    const cell = row.cells[c] ?? row.insertCell();
    const { span = 1, title = "", className = "", fill } = value;
    cell.setAttribute("role", "cell");
    cell.dataset.label = span === 1 ? labels[column] : "";
    cell.className = className;
    if (cell.colSpan !== span) cell.colSpan = span;
    if (cell.title !== title) cell.title = title;
    if (fill) fill(cell);
    else text(cell, value.text ?? value);
    column += span;
  });
  while (row.cells.length > values.length) row.deleteCell(-1);
}

export function list(element, items, fill) {
  items.forEach((item, i) => {
    fill(element.children[i] ?? element.appendChild(document.createElement("li")), item);
  });
  while (element.children.length > items.length) element.lastChild.remove();
}
