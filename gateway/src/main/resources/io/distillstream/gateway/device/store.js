// What this browser keeps over reloads: the trusted root, the metadata that it trusted last, and the
// models that it runs. In IndexedDB, of this origin alone.

const DATABASE = "distillstream-device";
const ENTRIES = "entries";

export class Store {
  #database;

  constructor(database) {
    this.#database = database;
  }

  static async open() {
    const opening = indexedDB.open(DATABASE, 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore(ENTRIES);
    return new Store(await done(opening));
  }

  get = (name) => done(this.#entries("readonly").get(name));

  /** Resolves once it is written. */
  put = (name, value) => this.#write((entries) => entries.put(value, name));

  delete = (name) => this.#write((entries) => entries.delete(name));

  /** Everything at once: the trusted root, too. */
  clear = () => this.#write((entries) => entries.clear());

  /** A part of it, whose names begin with a prefix. */
  below(prefix) {
    return {
      get: (name) => this.get(prefix + name),
      put: (name, value) => this.put(prefix + name, value),
      delete: (name) => this.delete(prefix + name),
    };
  }

  #entries(mode) {
    return this.#database.transaction(ENTRIES, mode).objectStore(ENTRIES);
  }

  #write(change) {
    const transaction = this.#database.transaction(ENTRIES, "readwrite");
    change(transaction.objectStore(ENTRIES));
    return new Promise((resolve, reject) => {
      transaction.oncomplete = () => resolve();
      transaction.onabort = () => reject(transaction.error);
    });
  }
}

const done = (request) => new Promise((resolve, reject) => {
  request.onsuccess = () => resolve(request.result);
  request.onerror = () => reject(request.error);
});
