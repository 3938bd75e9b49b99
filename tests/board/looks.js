// Measures what a person would see of the page; run in the page by board_test.py.
(() => {
  const channels = (text) => {
    const found = text.match(/rgba?\(([^)]*)\)/);
    const [red, green, blue, alpha = 1] = found[1].split(/[ ,/]+/).map(Number);
    return { red, green, blue, alpha };
  };
  const light = ({ red, green, blue }) => {
    const linear = (value) => (value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4);
    return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
  };
  const over = (front, back) => {
    const mix = (a, b) => a * front.alpha + b * (1 - front.alpha);
    return { red: mix(front.red, back.red), green: mix(front.green, back.green), blue: mix(front.blue, back.blue), alpha: 1 };
  };
  const ground = (element) => {
    const layers = [];
    for (let each = element; each; each = each.parentElement) {
      const colour = channels(getComputedStyle(each).backgroundColor);
      layers.push(colour);
      if (colour.alpha === 1) break;
    }
    return layers.reverse().reduce((back, front) => over(front, back), { red: 255, green: 255, blue: 255, alpha: 1 });
  };
  const ratio = (a, b) => {
    const [high, low] = [light(a), light(b)].sort((x, y) => y - x);
    return (high + 0.05) / (low + 0.05);
  };
  const visible = (element) => {
    const box = element.getBoundingClientRect();
    return element.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true }) && box.width > 1 && box.height > 1 &&
      box.right > 0 && !element.closest(".hidden-text, option");
  };
  const opacity = (element) => {
    let all = 1;
    for (let each = element; each; each = each.parentElement) all *= Number(getComputedStyle(each).opacity);
    return all;
  };
  const texts = () => {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const found = [];
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      if (node.data.trim() && visible(node.parentElement)) found.push([node.data.trim(), node.parentElement]);
    }
    for (const select of document.querySelectorAll("select")) {
      if (visible(select)) found.push([select.value, select]);
    }
    return found;
  };
  window.looks = {
    contrasts: () => texts().map(([text, element]) => {
      const back = ground(element);
      const front = channels(getComputedStyle(element).color);
      return { text: text.slice(0, 60), where: element.className || element.tagName,
        ratio: ratio(over({ ...front, alpha: front.alpha * opacity(element) }, back), back) };
    }),
    strokes: () => [...document.querySelectorAll(".curve path, .bar rect")].filter((each) => visible(each.ownerSVGElement)).map((each) => {
      const style = getComputedStyle(each);
      return ratio(channels(style.fill === "none" ? style.stroke : style.fill), ground(each.ownerSVGElement.parentElement));
    }),
    smallest: () => texts().map(([text, element]) => ({ text: text.slice(0, 60), size: parseFloat(getComputedStyle(element).fontSize) }))
      .sort((a, b) => a.size - b.size)[0],
    // Elements whose text reaches beyond the box that cuts it off.
    cut: () => [...document.querySelectorAll(".tile, .split, .way li, .alert, .goal, .top")].filter(visible).flatMap((box) => {
      const edge = box.getBoundingClientRect();
      return [...box.querySelectorAll("*")].filter(visible).filter((each) => {
        const inner = each.getBoundingClientRect();
        return inner.right > edge.right + 1 || inner.bottom > edge.bottom + 1;
      }).map((each) => `${box.dataset.kpi ?? box.className}: ${each.textContent.slice(0, 40)}`);
    }),
    // Texts of a tile that its curve runs through.
    crossed: () => [...document.querySelectorAll(".tile .curve")].filter(visible).flatMap((curve) => {
      const line = curve.getBoundingClientRect();
      return [...curve.parentElement.querySelectorAll("p, h3")].filter(visible)
        .filter((each) => each.getBoundingClientRect().bottom > line.top + 1)
        .map((each) => `${curve.parentElement.dataset.kpi}: ${each.textContent}`);
    }),
    focus: () => {
      const at = document.activeElement;
      const style = getComputedStyle(at);
      const box = at.getBoundingClientRect();
      return { id: at.id || at.textContent.trim().slice(0, 40) || at.tagName, tag: at.tagName,
        outline: style.outlineStyle === "none" ? 0 : parseFloat(style.outlineWidth),
        contrast: ratio(channels(style.outlineColor), ground(at.parentElement ?? at)),
        seen: box.width > 0 && box.left >= 0 };
    },
  };
})();
