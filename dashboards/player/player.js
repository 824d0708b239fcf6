// The player of a recording: waveform with talk turns, faults, and the transcript in step with it.
// Everything is drawn with elements and text alone; nothing that was said is ever read as HTML.

const SVG = "http://www.w3.org/2000/svg";
const STATE = Symbol("player");
const HIDDEN = /(\[[^\[\]]{1,14}\])/;
const HEIGHT = 100;
const FLAG_PERCENT = 7;
const FLAG_ROWS = 3;
const RATES = [1, 1.25, 1.5, 2];

export default function (component) {
  const { parentElement, data, setStateValue } = component;
  const ask = () => setStateValue("listening", true);
  let player = parentElement[STATE];
  if (!player || player.drawn !== data.drawn) {
    player?.end();
    player = parentElement[STATE] = new Player(parentElement, data, ask);
  }
  player.ask = ask;
  player.give(data.sound, data.problem);
  return () => {
    if (!parentElement.isConnected) player.end();
  };
}

function made(tag, parent, attributes = {}, text = null) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined) element.setAttribute(name, value);
  }
  if (text !== null) element.textContent = text;
  parent?.append(element);
  return element;
}

function drawn(tag, parent, attributes) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  parent.append(element);
  return element;
}

function clock(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  const rest = String(whole % 60).padStart(2, "0");
  return hours ? `${hours}:${String(minutes).padStart(2, "0")}:${rest}` : `${minutes}:${rest}`;
}

function said(words, values) {
  return words.replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

class Player {
  constructor(place, data, ask) {
    Object.assign(this, { data, ask, drawn: data.drawn, words: data.words, turns: [] });
    this.at = 0;
    this.seconds = data.seconds;
    this.root = made("section", place, { class: "player", "aria-label": data.name });
    this.bar();
    if (this.seconds) this.wave();
    if (data.faults.length) this.faults();
    if (data.turns.length) this.transcript();
    this.move(0);
  }

  // What stands above the waveform: play, time, speed; or why there is nothing to hear.
  bar() {
    const bar = made("div", this.root, { class: "bar" });
    if (this.data.may) {
      this.button = made("button", bar, { type: "button", class: "play" });
      this.button.addEventListener("click", () => this.toggle());
      this.say("listen", "▶");
    }
    this.time = made("span", bar, { class: "time" });
    if (this.data.may) {
      const label = made("label", bar, { class: "rate" }, `${this.words.speed} `);
      this.rate = made("select", label);
      for (const rate of RATES) {
        made("option", this.rate, { value: rate }, `${rate.toLocaleString(this.words.locale)}×`);
      }
      this.rate.addEventListener("change", () => this.hurry());
    }
    this.told = made("p", this.root, { class: "told", role: "status" }, this.data.note);
  }

  wave() {
    const { lanes, faults } = this.data;
    const wave = made("div", this.root, { class: "wave" });
    this.flags(wave, faults);
    const field = made("div", wave, { class: "field" });
    lanes.forEach((lane, number) => this.lane(field, lane, number));
    for (const fault of faults) this.span(field, fault, "fault");
    for (const hold of this.data.hold) this.span(field, hold, "hold");
    this.head = made("div", field, { class: "head", "aria-hidden": "true" });
    this.slider = made("input", field, {
      type: "range", min: 0, max: this.seconds, step: 0.1, value: 0,
      "aria-label": this.words.moment, "aria-describedby": "seen",
    });
    this.slider.addEventListener("input", () => this.seek(Number(this.slider.value)));
    made("p", wave, { class: "legend", id: "seen" }, this.data.seen);
  }

  lane(field, lane, number) {
    const row = made("div", field, { class: `lane lane${number % 2}` });
    made("div", row, { class: "name" }, lane.name);
    const peaks = lane.peaks;
    const box = `0 0 ${peaks.length || 1} ${HEIGHT}`;
    const svg = drawn("svg", row, { viewBox: box, preserveAspectRatio: "none", "aria-hidden": "true" });
    const clip = drawn("clipPath", svg, { id: `voice${number}` });
    const wide = (peaks.length || 1) / this.seconds;
    for (const [start, end] of lane.voice) {
      const place = { x: start * wide, width: Math.max(0.5, (end - start) * wide) };
      drawn("rect", clip, { ...place, y: 0, height: HEIGHT });
      drawn("rect", svg, { ...place, y: HEIGHT - 6, height: 6, class: "talk" });
    }
    const half = (peak) => Math.max(0.8, (peak / this.data.loudest) * (HEIGHT / 2 - 9));
    const middle = HEIGHT / 2 - 4;
    const above = peaks.map((peak, at) => `${at + 0.5},${middle - half(peak)}`);
    const below = peaks.map((peak, at) => `${at + 0.5},${middle + half(peak)}`).reverse();
    const points = [...above, ...below].join(" ");
    drawn("polygon", svg, { points, class: "quiet" });
    drawn("polygon", svg, { points, class: "voice", "clip-path": `url(#voice${number})` });
  }

  span(field, { start, end }, name) {
    const left = (100 * start) / this.seconds;
    const width = Math.max(0.3, (100 * (end - start)) / this.seconds);
    made("div", field, { class: name, style: `left:${left}%;width:${width}%`, "aria-hidden": "true" });
  }

  // Numbers above the second of each fault; the list below says their names.
  flags(wave, faults) {
    if (!faults.length) return;
    const row = made("div", wave, { class: "flags", "aria-hidden": "true" });
    const last = Array(FLAG_ROWS).fill(-Infinity);
    faults.forEach((fault, number) => {
      const left = (100 * fault.start) / this.seconds;
      const free = last.findIndex((at) => left - at >= FLAG_PERCENT);
      const level = free < 0 ? number % FLAG_ROWS : free;
      last[level] = left;
      const style = `left:${left}%;bottom:${level * 1.35}rem`;
      made("span", row, { class: "flag", style, title: fault.name }, String(number + 1));
    });
    row.style.height = `${1.35 * (1 + last.findLastIndex((at) => at >= 0)) + 0.2}rem`;
  }

  faults() {
    made("h4", this.root, {}, this.data.faultsTitle);
    const list = made("ol", this.root, { class: "faults" });
    this.data.faults.forEach((fault, number) => {
      const item = made("button", made("li", list), { type: "button" });
      made("span", item, { class: "flag", "aria-hidden": "true" }, String(number + 1));
      made("span", item, { class: "second" }, clock(fault.start));
      made("span", item, {}, fault.name);
      item.addEventListener("click", () => this.from(fault.start));
    });
  }

  transcript() {
    made("h4", this.root, {}, this.words.transcript);
    this.list = made("ol", this.root, { class: "turns", tabindex: "0", "aria-label": this.words.transcript });
    for (const turn of this.data.turns) {
      const item = made("li", this.list);
      const timed = turn.start !== null;
      const box = made(timed ? "button" : "div", item, {
        class: `turn lane${(turn.lane ?? 0) % 2}`, type: timed ? "button" : null,
      });
      made("span", box, { class: "second" }, timed ? clock(turn.start) : "");
      const told = made("span", box, { class: "words" });
      if (turn.speaker) made("strong", told, {}, `${turn.speaker}: `);
      for (const piece of turn.text.split(HIDDEN)) {
        const hidden = HIDDEN.test(piece);
        if (piece) made(hidden ? "mark" : "span", told, { title: hidden ? this.words.hidden : null }, piece);
      }
      if (timed) box.addEventListener("click", () => this.from(turn.start));
      this.turns.push({ ...turn, box });
    }
  }

  say(key, sign) {
    if (!this.button) return;
    this.button.replaceChildren();
    made("span", this.button, { "aria-hidden": "true" }, `${sign} `);
    made("span", this.button, {}, this.words[key]);
  }

  // The sound comes once it was asked for; what was asked for plays then.
  give(sound, problem) {
    if (problem) {
      this.waiting = null;
      this.say("listen", "▶");
      this.told.textContent = problem;
    }
    if (!sound || this.audio) return;
    const bytes = Uint8Array.from(atob(sound.base64), (letter) => letter.charCodeAt(0));
    this.address = URL.createObjectURL(new Blob([bytes], { type: sound.type }));
    this.audio = new Audio(this.address);
    this.audio.preservesPitch = true;
    this.audio.addEventListener("play", () => this.playing());
    this.audio.addEventListener("pause", () => this.say("listen", "▶"));
    this.audio.addEventListener("ended", () => this.say("listen", "▶"));
    this.audio.addEventListener("error", () => { this.told.textContent = this.words.unplayable; });
    this.audio.addEventListener("loadedmetadata", () => this.known());
    this.told.textContent = this.words.noted;
    this.say("listen", "▶");
    this.hurry();
    if (this.waiting !== null && this.waiting !== undefined) this.from(this.waiting);
    this.waiting = null;
  }

  known() {
    if (!this.seconds && Number.isFinite(this.audio.duration)) this.seconds = this.audio.duration;
    this.move(this.at);
  }

  toggle() {
    if (this.audio && !this.audio.paused) this.audio.pause();
    else this.from(this.at >= (this.seconds || Infinity) - 0.2 ? 0 : this.at);
  }

  // Play from a second; where the sound is not here yet, ask for it; where it may not be, only look.
  from(second) {
    this.move(second);
    if (!this.data.may) return;
    if (!this.audio) {
      this.waiting = second;
      this.say("preparing", "…");
      this.ask();
      return;
    }
    this.audio.currentTime = second;
    this.audio.play().catch(() => this.say("listen", "▶"));
  }

  seek(second) {
    this.move(second);
    if (this.audio) this.audio.currentTime = second;
  }

  playing() {
    this.say("pause", "❚❚");
    const step = () => {
      if (!this.audio || this.audio.paused) return;
      this.move(this.audio.currentTime);
      requestAnimationFrame(step);
    };
    requestAnimationFrame(step);
  }

  hurry() {
    if (this.audio) this.audio.playbackRate = Number(this.rate.value);
  }

  move(second) {
    this.at = second;
    const whole = this.seconds ? ` / ${clock(this.seconds)}` : "";
    this.time.textContent = `${clock(second)}${whole}`;
    if (this.slider) {
      this.slider.value = second;
      const words = { at: clock(second), all: clock(this.seconds) };
      this.slider.setAttribute("aria-valuetext", said(this.words.at, words));
      this.head.style.left = `${(100 * second) / this.seconds}%`;
    }
    this.mark(second);
  }

  // The turn that is being said: of those that have begun and not ended, the latest.
  mark(second) {
    const heard = this.turns.filter((turn) => turn.start !== null && turn.start <= second + 0.05);
    const going = heard.filter((turn) => turn.end === null || second < turn.end);
    const now = going.at(-1) ?? null;
    if (now === this.now) return;
    this.now?.box.removeAttribute("aria-current");
    this.now = now;
    if (!now) return;
    now.box.setAttribute("aria-current", "true");
    const [top, height] = [now.box.parentElement.offsetTop, now.box.offsetHeight];
    const seen = top >= this.list.scrollTop && top + height <= this.list.scrollTop + this.list.clientHeight;
    if (!seen) this.list.scrollTop = top - this.list.clientHeight / 3;
  }

  end() {
    this.audio?.pause();
    if (this.address) URL.revokeObjectURL(this.address);
    this.audio = null;
    this.root.remove();
  }
}
