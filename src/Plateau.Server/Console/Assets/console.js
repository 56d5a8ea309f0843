// What the pages need of the browser beside Blazor: the theme, the time zone, and what happens when a connection ends.
(() => {
    const root = document.documentElement;
    const base = new URL(document.baseURI).pathname.replace(/\/$/, "");
    const remember = (name, value, seconds) => {
        const secure = location.protocol === "https:" ? "; secure" : "";
        document.cookie = `${name}=${value}; path=${base}; max-age=${seconds}; samesite=lax${secure}`;
    };

    window.plateau = {
        chooseTheme(theme) {
            if (theme === "light" || theme === "dark") {
                root.dataset.theme = theme;
                remember("plateau_theme", theme, 365 * 24 * 3600);
            } else {
                delete root.dataset.theme;
                remember("plateau_theme", "", 0);
            }
        },
        timezone: () => Intl.DateTimeFormat().resolvedOptions().timeZone,
    };

    const reload = () => location.reload();
    document.getElementById("page-reload").addEventListener("click", reload);

    // A restarted server does not know the page any more; one that does not answer is asked now and then.
    const modal = document.getElementById("components-reconnect-modal");
    const tryAgain = async () => {
        try {
            if (!await Blazor.reconnect()) {
                reload();
            }
        } catch {
            // A server that answers again, but not to this visitor, wants the page to be opened anew.
            const answer = await fetch("assets/plateau.svg", { cache: "no-store" }).catch(() => null);
            if (answer?.ok) {
                reload();
            }
        }
    };
    let waiting = 0;
    document.getElementById("connection-retry").addEventListener("click", tryAgain);
    modal.addEventListener("components-reconnect-state-changed", change => {
        clearInterval(waiting);
        if (change.detail.state === "rejected") {
            reload();
        } else if (change.detail.state === "failed") {
            waiting = setInterval(tryAgain, 5000);
        }
    });
})();
