// How values read. Numbers are formatted for the reader's language; units are those of /api/v1/definition:
// products of "money", "seconds" and nouns, "ratio", or a noun alone.

export const NONE = "–";

const DAY = 86400;
const MULTIPLE = 2;
const locale = navigator.language || "en";
const formats = new Map();

function numberFormat(options) {
  const key = JSON.stringify(options);
  if (!formats.has(key)) formats.set(key, new Intl.NumberFormat(locale, options));
  return formats.get(key);
}

export function number(value, digits = 0) {
  return numberFormat({ maximumFractionDigits: digits }).format(value);
}

export function percent(value, digits = 1) {
  return numberFormat({ style: "percent", minimumFractionDigits: digits, maximumFractionDigits: digits }).format(value);
}

// Large sums are rounded: "1.24M" tells more from afar than "1,238,411.50".
export function money(value, currency) {
  const compact = Math.abs(value) >= 1e6;
  const options = { style: "currency", currency, maximumFractionDigits: compact ? 2 : Math.abs(value) >= 1000 ? 0 : 2 };
  if (compact) options.notation = "compact";
  try {
    return numberFormat(options).format(value);
  } catch {
    return `${number(value, 2)} ${currency}`;
  }
}

export function duration(seconds) {
  const size = Math.abs(seconds);
  if (size >= 2 * DAY) return `${number(seconds / DAY, 1)} d`;
  if (size >= 2 * 3600) return `${number(seconds / 3600, 1)} h`;
  if (size >= 120) return `${number(seconds / 60, 1)} min`;
  return `${number(seconds, 1)} s`;
}

// The number, and behind it what it is per: ["€1,200", "a deal"]. "money/seconds" is told by the day, as nobody
// thinks in euros a second; a ratio from two on is a multiple.
export function parts(amount, unit, currency) {
  if (amount === null || amount === undefined) return [NONE, ""];
  if (unit === "ratio") return [Math.abs(amount) < MULTIPLE ? percent(amount) : `${number(amount, 1)} ×`, ""];
  if (unit === "money/seconds") return [money(amount * DAY, currency), "a day"];
  if (unit.startsWith("money/")) return [money(amount, currency), `a ${unit.slice("money/".length)}`];
  if (unit === "money") return [money(amount, currency), ""];
  if (unit === "seconds") return [duration(amount), ""];
  return [number(amount, Number.isInteger(amount) ? 0 : 2), ""];
}

export function value(amount, unit, currency) {
  return parts(amount, unit, currency).filter(Boolean).join(" ");
}

// How a value moved: ratios in points, the rest in per cent of what it was; null when it cannot be told.
export function change(now, before, unit) {
  if (now === null || before === null || before === undefined || now === undefined) return null;
  if (unit === "ratio" && Math.abs(now) < MULTIPLE && Math.abs(before) < MULTIPLE) {
    const points = (now - before) * 100;
    return { up: points > 0.05, down: points < -0.05, text: `${points > 0 ? "+" : "−"}${number(Math.abs(points), 1)} points` };
  }
  if (before === 0) return null;
  const share = now / before - 1;
  return { up: share > 0.0005, down: share < -0.0005, text: `${share > 0 ? "+" : "−"}${percent(Math.abs(share))}` };
}

// "win_ratio" is "Win ratio", and "nrr_90d" is "NRR 90d": a word without a vowel is an abbreviation.
export function title(name) {
  const words = name.split("_").map((word) => (/^[b-df-hj-np-tv-xz]{2,4}$/.test(word) ? word.toUpperCase() : word));
  const text = words.join(" ");
  return text.charAt(0).toUpperCase() + text.slice(1);
}

export function moment(text, zone) {
  if (!text) return NONE;
  const options = { dateStyle: "medium", timeStyle: "short", timeZone: zone };
  try {
    return new Intl.DateTimeFormat(locale, options).format(new Date(text));
  } catch {
    return text;
  }
}

export function bytes(amount) {
  if (amount >= 1 << 30) return `${number(amount / (1 << 30), 1)} GiB`;
  if (amount >= 1 << 20) return `${number(amount / (1 << 20), 1)} MiB`;
  return `${number(amount / 1024, 0)} KiB`;
}
