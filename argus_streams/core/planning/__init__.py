"""What a load needs: partitions, workers, disk, network and money, of measured figures; each with its reason."""
