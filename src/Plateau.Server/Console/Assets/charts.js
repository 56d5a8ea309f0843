// The crosshair and the width of charts. The server draws; reading values under a pointer must not ask it, so every
// drawing carries its readings, and they are read here.

/**
 * Watches a drawing until `detach` is called.
 * @param {HTMLElement} plot The element around the drawing; `data-readings` says what can be read from it.
 * @param {{invokeMethodAsync: function(string, number): Promise}} chart Is told the width by `Resize`.
 */
export function attach(plot, chart) {
    const watch = new ResizeObserver(entries => {
        const width = entries[entries.length - 1].contentRect.width;
        if (width > 0) {
            // A connection that is gone needs no width.
            chart.invokeMethodAsync('Resize', width).catch(() => {});
        }
    });
    watch.observe(plot);
    const cross = plot.querySelector('.chart-cross');
    const crosshair = cross ? new Crosshair(plot, cross) : null;
    return {
        detach() {
            watch.disconnect();
            crosshair?.detach();
        },
    };
}

class Crosshair {
    constructor(plot, cross) {
        this.plot = plot;
        this.cross = cross;
        this.text = null;
        this.at = -1;
        this.listeners = new AbortController();
        const options = { signal: this.listeners.signal };
        cross.addEventListener('pointermove', event => this.point(event), options);
        cross.addEventListener('pointerdown', event => this.point(event), options);
        cross.addEventListener('pointerleave', event => event.pointerType === 'mouse' && this.hide(), options);
        plot.addEventListener('keydown', event => this.press(event), options);
        plot.addEventListener('blur', () => this.hide(), options);
        // New readings while the crosshair stands: it stays at its place, with the new values.
        this.renewal = new MutationObserver(() => this.at >= 0 && this.renew());
        this.renewal.observe(plot, { attributes: true, attributeFilter: ['data-readings'] });
    }

    detach() {
        this.listeners.abort();
        this.renewal.disconnect();
        this.hide();
    }

    read() {
        const text = this.plot.dataset.readings ?? '';
        if (text !== this.text) {
            this.text = text;
            this.readings = text ? JSON.parse(text) : { places: [], series: [], top: 0, bottom: 0 };
        }
        return this.readings.places;
    }

    // Pixels of the page for one of the drawing.
    scale() {
        const svg = this.plot.querySelector('svg');
        return svg.clientWidth / (svg.viewBox.baseVal.width || 1);
    }

    point(event) {
        const x = (event.clientX - this.cross.getBoundingClientRect().left) / this.scale();
        this.show(nearest(this.read(), x), false);
    }

    renew() {
        const x = this.x;
        const places = this.read();
        this.show(nearest(places, x), false);
    }

    press(event) {
        const last = this.read().length - 1;
        const far = Math.max(Math.round(last / 10), 1);
        const at = this.at < 0 ? last : this.at;
        const next = {
            ArrowLeft: this.at < 0 ? last : at - 1, ArrowRight: this.at < 0 ? 0 : at + 1, PageUp: at - far,
            PageDown: at + far, Home: 0, End: last,
        }[event.key];
        if (event.key === 'Escape') {
            this.hide();
        } else if (next !== undefined && last >= 0) {
            event.preventDefault();
            this.show(Math.min(Math.max(next, 0), last), true);
        }
    }

    hide() {
        this.at = -1;
        this.cross.replaceChildren();
    }

    show(at, aloud) {
        const place = this.read()[at];
        if (!place) {
            this.hide();
            return;
        }
        this.at = at;
        this.x = place[0];
        const scale = this.scale();
        const [x, time, ...values] = place;
        const line = element('div', 'chart-cross-line');
        line.style.left = `${x * scale}px`;
        line.style.top = `${this.readings.top * scale}px`;
        line.style.height = `${(this.readings.bottom - this.readings.top) * scale}px`;
        const dots = values.map(([series, y]) => {
            const dot = element('div', `chart-cross-dot ${this.readings.series[series][1]}`);
            dot.style.left = `${x * scale}px`;
            dot.style.top = `${y * scale}px`;
            return dot;
        });
        const tip = this.tip(time, values, aloud);
        this.cross.replaceChildren(line, ...dots, tip);
        const room = this.cross.clientWidth;
        const left = x * scale + 14;
        tip.style.left = `${Math.max(left + tip.offsetWidth > room ? x * scale - 14 - tip.offsetWidth : left, 0)}px`;
        tip.style.top = `${this.readings.top * scale + 4}px`;
    }

    tip(time, values, aloud) {
        const tip = element('div', 'chart-tip');
        if (aloud) {
            tip.setAttribute('role', 'status');
        }
        tip.append(element('div', 'chart-tip-time', time));
        for (const [series, , text] of values) {
            const [name, tone] = this.readings.series[series];
            const row = element('div', 'chart-tip-row');
            row.append(element('i', tone), element('span', '', name), element('b', '', text));
            tip.append(row);
        }
        return tip;
    }
}

function element(name, classes, text) {
    const made = document.createElement(name);
    if (classes) {
        made.className = classes;
    }
    if (text) {
        made.textContent = text;
    }
    return made;
}

// The place nearest to a coordinate; places are sorted by theirs.
function nearest(places, x) {
    let [low, high] = [0, places.length - 1];
    while (high - low > 1) {
        const middle = (low + high) >> 1;
        [low, high] = places[middle][0] <= x ? [middle, high] : [low, middle];
    }
    return places.length > 1 && Math.abs(places[high][0] - x) < Math.abs(places[low][0] - x) ? high : low;
}
