// Reads the sentences aloud with the browser's own voice; a second tap stops it.
export default function ({ data, parentElement }) {
  const button = parentElement.querySelector('button');
  const speech = window.speechSynthesis;
  if (!speech) { button.hidden = true; return; }
  const rest = () => { button.textContent = '▸ ' + data.words.start; };
  rest();
  button.onclick = () => {
    if (speech.speaking) { speech.cancel(); return rest(); }
    data.texts.forEach((text, i) => {
      const said = new SpeechSynthesisUtterance(text);
      said.lang = data.voice;
      if (i === data.texts.length - 1) said.onend = rest;
      speech.speak(said);
    });
    button.textContent = '■ ' + data.words.stop;
  };
}
