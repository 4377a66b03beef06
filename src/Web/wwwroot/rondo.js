// What the pages need from the browser itself: theme, shortcuts, things that float, downloads. No framework.
(() => {
  const root = document.documentElement;
  const system = matchMedia('(prefers-color-scheme: dark)');
  const stored = key => { try { return localStorage.getItem(key); } catch { return null; } };
  const store = (key, value) => { try { localStorage.setItem(key, value); } catch { /* private window: not remembered */ } };

  // Theme. This file is loaded before the body, so that the first paint already has the right colours.
  const themeChoice = () => stored('rondo.theme') ?? 'system';
  const applyTheme = () => {
    const choice = themeChoice();
    root.dataset.themeChoice = choice;
    root.dataset.theme = choice === 'system' ? (system.matches ? 'dark' : 'light') : choice;
    document.dispatchEvent(new Event('rondo:theme'));
  };
  system.addEventListener('change', applyTheme);
  applyTheme();
  if (stored('rondo.rail') === 'narrow') root.dataset.rail = 'narrow';

  // Enhanced navigation and circuits may replace the attributes of <html>; the theme must outlive that.
  new MutationObserver(() => { if (!root.dataset.theme) applyTheme(); }).observe(root, { attributes: true, attributeFilter: ['data-theme'] });

  // Popovers: placed beside the button that opened them, or at a point; always inside the window.
  const place = (panel, box) => {
    const gap = 4, edge = 8;
    panel.style.left = panel.style.top = '0px';
    if (panel.dataset.fit === 'trigger') panel.style.minWidth = `${Math.max(box.right - box.left, 180)}px`;
    const width = panel.offsetWidth, height = panel.offsetHeight;
    let left = panel.dataset.align === 'end' ? box.right - width : box.left;
    let top = box.bottom + gap;
    if (top + height > innerHeight - edge && box.top - gap - height > edge) top = box.top - gap - height;
    panel.style.left = `${Math.max(edge, Math.min(left, innerWidth - width - edge))}px`;
    panel.style.top = `${Math.max(edge, Math.min(top, innerHeight - height - edge))}px`;
  };
  const anchors = new WeakMap();
  const boxOf = panel => {
    const point = anchors.get(panel);
    if (point) return { left: point.x, right: point.x, top: point.y, bottom: point.y };
    const trigger = document.querySelector(`[popovertarget="${panel.id}"]`);
    return trigger?.getBoundingClientRect();
  };
  const watcher = new ResizeObserver(entries => entries.forEach(({ target }) => {
    const box = target.matches(':popover-open') && boxOf(target);
    if (box) place(target, box);
  }));
  document.addEventListener('toggle', event => {
    const panel = event.target;
    if (!(panel instanceof HTMLElement) || !panel.hasAttribute('popover') || panel.dataset.place === 'css') return;
    const trigger = document.querySelector(`[popovertarget="${panel.id}"]`);
    trigger?.setAttribute('aria-expanded', event.newState === 'open');
    if (event.newState !== 'open') { watcher.unobserve(panel); anchors.delete(panel); return; }
    const box = boxOf(panel);
    if (box) place(panel, box);
    watcher.observe(panel);
  }, true);

  // Choosing closes: an element with data-close hides the popover it stands in.
  document.addEventListener('click', event => {
    const closer = event.target.closest?.('[data-close]');
    closer?.closest('[popover]')?.hidePopover();
  });

  // Arrow keys move through menus and lists of choices; Enter in the search box takes the first.
  document.addEventListener('keydown', event => {
    const panel = event.target.closest?.('[popover]');
    if (!panel) return;
    const items = [...panel.querySelectorAll('.menu-item:not(:disabled)')];
    if (items.length === 0) return;
    const at = items.indexOf(document.activeElement);
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      const step = event.key === 'ArrowDown' ? 1 : -1;
      items[(at + step + items.length) % items.length].focus();
    } else if (event.key === 'Enter' && event.target.matches('input[type="search"]')) {
      event.preventDefault();
      items[0].click();
    }
  });

  // Shortcuts: Ctrl/Cmd-K everything, "/" the page's search, "g" and a letter a page.
  let going = 0;
  const typing = target => target.closest?.('input, textarea, select, [contenteditable="true"]');
  document.addEventListener('keydown', event => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'k') {
      const palette = document.getElementById('palette');
      if (palette) { event.preventDefault(); palette.togglePopover(); }
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target) || document.querySelector('.mud-dialog')) return;
    if (event.key === '/') {
      const search = document.querySelector('[data-search]');
      if (search) { event.preventDefault(); search.focus(); search.select?.(); }
    } else if (event.key === 'g') {
      going = Date.now();
    } else if (Date.now() - going < 1500) {
      going = 0;
      const link = document.querySelector(`[data-go="${CSS.escape(event.key.toLowerCase())}"]`);
      if (link) { event.preventDefault(); link.click(); }
    }
  });

  // Rows that open something are followed by a click anywhere on them; the link inside stays the real thing.
  document.addEventListener('click', event => {
    const row = event.target.closest?.('tr.opens');
    if (!row || event.target.closest('a, button, input, label') || getSelection().toString()) return;
    row.querySelector('a.row-link')?.click();
  });

  // The drawer on narrow screens closes when a page was chosen.
  document.addEventListener('click', event => {
    if (event.target.closest?.('[data-drawer-open]')) root.dataset.drawer = 'open';
    else if (event.target.closest?.('[data-drawer-close], .rail a')) delete root.dataset.drawer;
  });
  document.addEventListener('keydown', event => { if (event.key === 'Escape') delete root.dataset.drawer; });

  document.addEventListener('click', event => {
    const theme = event.target.closest?.('[data-set-theme]');
    if (theme) { store('rondo.theme', theme.dataset.setTheme); applyTheme(); }
    if (event.target.closest?.('[data-toggle-rail]')) {
      if (root.dataset.rail === 'narrow') delete root.dataset.rail; else root.dataset.rail = 'narrow';
      store('rondo.rail', root.dataset.rail ?? 'wide');
      setTimeout(() => dispatchEvent(new Event('resize')), 160);
    }
    const copy = event.target.closest?.('[data-copy]');
    if (copy) {
      navigator.clipboard?.writeText(copy.dataset.copy);
      copy.dataset.copied = 'true';
      setTimeout(() => delete copy.dataset.copied, 1600);
    }
  });

  window.rondo = {
    openAt(id, x, y) {
      const panel = document.getElementById(id);
      if (!panel) return;
      // A click made with the keyboard has no place of its own: the focused element is meant.
      if (!x && !y) {
        const box = document.activeElement?.getBoundingClientRect();
        if (box) [x, y] = [box.left, box.bottom];
      }
      if (panel.matches(':popover-open')) panel.hidePopover();
      anchors.set(panel, { x, y });
      panel.showPopover();
      place(panel, { left: x, right: x, top: y, bottom: y });
      panel.querySelector('button, a, input')?.focus({ preventScroll: true });
    },
    close(id) { document.getElementById(id)?.hidePopover?.(); },
    focus(id) { document.getElementById(id)?.focus(); },
    watchCells(table, owner) {
      table.addEventListener('click', event => {
        const cell = event.target.closest('[data-cell]');
        if (!cell) return;
        const box = cell.getBoundingClientRect();
        owner.invokeMethodAsync('OpenCellAsync', cell.dataset.cell, box.left, box.bottom);
      });
    },
    download(name, text) {
      const link = document.createElement('a');
      link.href = URL.createObjectURL(new Blob(['\ufeff', text], { type: 'text/csv;charset=utf-8' }));
      link.download = name;
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 10000);
    },
  };
})();
