// Sends a file of any size in pieces: a piece that the network lost is sent again, a file that was begun goes on.
const TRIES = 12;  // of one piece: some five minutes
const pause = tries => new Promise(done => setTimeout(done, Math.min(60, 2 ** tries) * 1000));
const gigabytes = bytes => (bytes / 1e9).toFixed(bytes < 1e9 ? 3 : 2);

class Sending {
  constructor(root, send) {
    Object.assign(this, { root, send, file: null });
    this.bar = root.querySelector('progress');
    this.said = root.querySelector('.said');
    root.querySelector('input').addEventListener('change', event => this.start(event.target.files[0] ?? null));
  }

  say(text, refused = false) {
    this.said.textContent = text;
    this.said.classList.toggle('refused', refused);
  }

  async ask(method, path, body, type) {
    const answer = await fetch(`/api/uploads${path}`, { method, body, headers: type ? { 'content-type': type } : {}, credentials: 'same-origin' });
    const told = await answer.json().catch(() => ({}));
    if (answer.ok) return told;
    const error = new Error(told[this.data.language] ?? String(answer.status));
    error.refused = answer.status < 500 && ![400, 408, 429].includes(answer.status);
    throw error;
  }

  // what `deed` answers; a network that fails is given time
  async kept(file, deed) {
    for (let tries = 1; ; tries++) {
      try {
        return await deed();
      } catch (error) {
        if (error.refused || tries > TRIES || this.file !== file || !this.root.isConnected) throw error;
        this.say(this.data.words.again);
        await pause(tries);
      }
    }
  }

  async start(file) {
    this.file = file;
    this.bar.hidden = !file;
    this.say('');
    this.send(null);
    if (!file) return;
    try {
      const about = JSON.stringify({ name: file.name, size: file.size, mark: String(file.lastModified) });
      const begun = await this.kept(file, () => this.ask('POST', '', about, 'application/json'));
      for (let held = begun.held; held < file.size;) {
        const piece = file.slice(held, held + begun.piece);
        held = (await this.kept(file, () => this.ask('PUT', `/${begun.id}?at=${held}`, piece, 'application/octet-stream'))).held;
        if (this.file !== file || !this.root.isConnected) return;  // another was chosen, or the page was left
        this.bar.value = held / file.size;
        this.say(this.data.words.sending.replace('{held}', gigabytes(held)).replace('{size}', gigabytes(file.size)));
      }
      this.bar.value = 1;
      this.say(this.data.words.done);
      this.send(begun.id);
    } catch (error) {
      if (this.file === file) this.say(error.refused ? error.message : this.data.words.lost, true);
    }
  }
}

export default function ({ data, parentElement, setStateValue }) {
  const root = parentElement;
  root._sending ??= new Sending(root, upload => setStateValue('upload', upload));
  root._sending.data = data;
  root.querySelector('.word').textContent = data.words.choose;
  root.querySelector('input').accept = data.accept;
}
