/**
 * Copies the text of an element. Browsers give the clipboard to secure pages only; elsewhere the text is selected and
 * copied the old way.
 * @param {HTMLElement} element The element.
 * @returns {Promise<boolean>} Whether it was copied.
 */
export async function copy(element) {
    if (navigator.clipboard) {
        try {
            await navigator.clipboard.writeText(element.textContent);
            return true;
        } catch {
            // The visitor does not allow it; the old way is next.
        }
    }
    getSelection().selectAllChildren(element);
    return document.execCommand('copy');
}
