-- CreateTable
CREATE TABLE "checkout_draft" (
    "id" UUID PRIMARY KEY,
    "customer_id" INTEGER NOT NULL REFERENCES "customer" ("id"),
    "product_id" INTEGER NOT NULL REFERENCES "product" ("id"),
    "quantity" INTEGER NOT NULL CHECK ("quantity" BETWEEN 1 AND 100),
    "created_at" TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP
);

-- CreateTable
CREATE TABLE "export" (
    "id" UUID PRIMARY KEY,
    "customer_id" INTEGER NOT NULL REFERENCES "customer" ("id"),
    "kind" TEXT NOT NULL,
    "status" TEXT NOT NULL DEFAULT 'queued',
    "content" TEXT,
    "created_at" TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "finished_at" TIMESTAMPTZ
);

-- CreateTable
CREATE TABLE "schedule_run" (
    "id" SERIAL PRIMARY KEY,
    "key" TEXT NOT NULL,
    "replica" TEXT NOT NULL,
    "executed_at" TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP
);
