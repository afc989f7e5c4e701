-- CreateTable
CREATE TABLE "tenant" (
    "name" TEXT NOT NULL,
    "environment" TEXT NOT NULL,
    "currency" TEXT NOT NULL
);

-- CreateTable
CREATE TABLE "customer" (
    "id" SERIAL PRIMARY KEY,
    "email" TEXT NOT NULL UNIQUE,
    "name" TEXT NOT NULL,
    "company" TEXT NOT NULL,
    "password_hash" TEXT NOT NULL,
    "password_expired_at" TIMESTAMPTZ,
    "role" TEXT NOT NULL DEFAULT 'customer'
);

-- CreateTable
CREATE TABLE "product" (
    "id" SERIAL PRIMARY KEY,
    "sku" TEXT NOT NULL UNIQUE,
    "name" TEXT NOT NULL,
    "summary" TEXT NOT NULL,
    "monthly" NUMERIC(12,2) NOT NULL
);

-- CreateTable
CREATE TABLE "subscription" (
    "id" SERIAL PRIMARY KEY,
    "customer_id" INTEGER NOT NULL REFERENCES "customer" ("id"),
    "product_id" INTEGER NOT NULL REFERENCES "product" ("id"),
    "status" TEXT NOT NULL,
    "renews_on" DATE NOT NULL
);

-- CreateTable
CREATE TABLE "invoice" (
    "number" TEXT PRIMARY KEY,
    "customer_id" INTEGER NOT NULL REFERENCES "customer" ("id"),
    "whmcs_id" INTEGER NOT NULL,
    "issued_on" DATE NOT NULL,
    "total" NUMERIC(12,2) NOT NULL
);

-- CreateIndex
CREATE INDEX "invoice_customer_id_idx" ON "invoice" ("customer_id");
