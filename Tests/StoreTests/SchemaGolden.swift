// The dump of sqlite_master of each released version. An entry never changes: a change is a new
// version.

enum SchemaGolden {
    static let v1 = """
        table closing: CREATE TABLE closing(id INTEGER PRIMARY KEY CHECK(id = 0), \
        clean INTEGER NOT NULL)
        table identity: CREATE TABLE identity(
          id INTEGER PRIMARY KEY CHECK(id = 0), deployment TEXT NOT NULL,
          partition INTEGER NOT NULL, partitionCount INTEGER NOT NULL,
          format INTEGER NOT NULL, sum INTEGER NOT NULL)
        table meta: CREATE TABLE meta(
          id INTEGER PRIMARY KEY CHECK(id = 0), head BLOB, changelogNext INTEGER,
          savedAt INTEGER, sightingNext INTEGER NOT NULL, sum INTEGER NOT NULL)
        table row: CREATE TABLE row(key BLOB PRIMARY KEY, value BLOB NOT NULL, sum INTEGER NOT NULL)
          WITHOUT ROWID
        table sighting: CREATE TABLE sighting(
          topic INTEGER NOT NULL, bucket INTEGER NOT NULL, seq INTEGER NOT NULL,
          block BLOB NOT NULL, PRIMARY KEY(topic, bucket, seq)) WITHOUT ROWID

        """
}
