"""What models say of incidents and customers that are named."""
