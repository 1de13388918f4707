// Comfort only: without this script every page works by its own buttons and links.

// A toggled topic is sent at once, and what it changes is put in place without losing one's place on the page.
for (const form of document.querySelectorAll('form[data-comfort="toggle"]')) {
  const section = form.closest('section');
  let latest = 0;
  form.classList.add('is-live');
  form.addEventListener('change', async (event) => {
    untickWhatNoLongerHolds(form, event.target);
    latest += 1;
    const mine = latest;
    section.setAttribute('aria-busy', 'true');
    try {
      const answer = await fetch(form.action, {
        method: 'POST',
        body: new URLSearchParams(new FormData(form)),
      });
      const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
      const fresh = page.getElementById(section.id);
      if (mine !== latest) return;
      if (!answer.ok || !fresh) return form.submit();
      section.querySelector('[data-swap]').replaceWith(fresh.querySelector('[data-swap]'));
      form.elements.namedItem('was').value = fresh.querySelector('[name="was"]').value;
    } catch {
      form.submit();
    } finally {
      if (mine === latest) section.removeAttribute('aria-busy');
    }
  });
}

function untickWhatNoLongerHolds(form, changed) {
  const boxes = [...form.querySelectorAll('input[name="topic"]')];
  if (changed.value !== 'all') {
    for (const box of boxes) if (box.value === 'all' && !changed.checked) box.checked = false;
  } else if (changed.checked) {
    for (const box of boxes) box.checked = true;
  }
}

// A dropped file is sent at once.
for (const form of document.querySelectorAll('form[data-comfort="drop"]')) {
  const target = form.querySelector('.drop');
  const field = form.querySelector('input[type="file"]');
  target.addEventListener('dragover', (event) => {
    event.preventDefault();
    target.classList.add('is-over');
  });
  target.addEventListener('dragleave', () => target.classList.remove('is-over'));
  target.addEventListener('drop', (event) => {
    event.preventDefault();
    target.classList.remove('is-over');
    if (event.dataTransfer.files.length === 0) return;
    field.files = event.dataTransfer.files;
    form.submit();
  });
}

// A part of the page that is under way shows how it goes on, and its buttons act without leaving the page.
for (const region of document.querySelectorAll('[data-comfort="live"]')) {
  let timer;
  const show = async (answer) => {
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
    const fresh = page.getElementById(region.id);
    if (!fresh) return;
    const focused = document.activeElement?.id;
    for (const part of region.querySelectorAll('[data-swap]')) {
      const next = fresh.querySelector(`[data-swap="${part.dataset.swap}"]`);
      if (next && next.innerHTML !== part.innerHTML) part.replaceWith(next);
    }
    if (focused && document.activeElement?.id !== focused) document.getElementById(focused)?.focus();
    region.dataset.live = fresh.dataset.live;
  };
  const later = () => {
    clearTimeout(timer);
    if (region.dataset.live !== 'yes') return;
    timer = setTimeout(async () => {
      try {
        await show(await fetch(location.pathname));
      } catch {
        // The demo may have been stopped: the page stays as it is.
      }
      later();
    }, 500);
  };
  region.addEventListener('submit', async (event) => {
    event.preventDefault();
    await show(await fetch(event.target.action, { method: 'POST' }));
    later();
  });
  later();
}
