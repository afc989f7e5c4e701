-- CreateTable
CREATE TABLE "note" (
    "id" UUID PRIMARY KEY,
    "customer_id" INTEGER NOT NULL REFERENCES "customer" ("id"),
    "text" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP
);
