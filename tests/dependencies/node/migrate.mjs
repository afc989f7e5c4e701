// Carries out the migrations of a directory as a release does: node migrate.mjs DSN SCHEMA DIRECTORY.
import { drizzle } from "drizzle-orm/node-postgres";
import { migrate } from "drizzle-orm/node-postgres/migrator";

const [connection, migrationsSchema, migrationsFolder] = process.argv.slice(2);
const database = drizzle({ connection });
try {
  await migrate(database, { migrationsFolder, migrationsSchema });
} finally {
  await database.$client.end();
}
