-- AlterTable
ALTER TABLE "invoice" ADD COLUMN "due_on" DATE;

-- Backfill
UPDATE "invoice" SET "due_on" = "issued_on" + 30;
