"""What a user of pytest keeps beside the product."""
